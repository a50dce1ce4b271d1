import { describe, expect, it } from 'vitest';
import { clientSetups, configurationKey } from '#features/client-setup/clients.ts';

const RESOURCES = [
  'https://mcp.example.com/mcp',
  'http://localhost:3000/mcp',
  'https://xn--mnchen-3ya.example:8443/mcp',
];
const NAMES = ['MCP AuthKit Starter', 'Acme', 'Ünïcode "quotes" & <tags>', "it's $HOME; rm -rf /", '工具'];
const cases = RESOURCES.flatMap((resource) => NAMES.map((name) => ({ resource, name })));

function valuesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesOf) : [value];
}

describe.each(cases)('setup for $resource as $name', ({ resource, name }) => {
  const setups = clientSetups(resource, name);

  it('covers every client that people use', () =>
    expect(setups.map((setup) => setup.id)).toEqual([
      'claude',
      'claude-code',
      'chatgpt',
      'cursor',
      'vscode',
      'codex',
      'gemini',
      'windsurf',
      'copilot-cli',
      'opencode',
      'cline',
      'zed',
      'goose',
      'kiro',
      'inspector',
      'mcp-remote',
      'add-mcp',
      'own-code',
    ]));

  it('gives JSON that parses and holds exactly this URL', () => {
    const files = setups.flatMap((setup) => setup.snippets).filter(({ code }) => code.startsWith('{'));
    expect(files.length).toBeGreaterThanOrEqual(5);
    for (const { code } of files) expect(valuesOf(JSON.parse(code))).toContain(resource);
  });

  it('gives links that a client decodes back to exactly this URL', () => {
    const cursor = new URL(setups.find(({ id }) => id === 'cursor')?.open?.href ?? '');
    expect(cursor.protocol).toBe('cursor:');
    expect(cursor.searchParams.get('name')).toBe(configurationKey(name));
    expect(JSON.parse(atob(cursor.searchParams.get('config') ?? ''))).toEqual({ url: resource });

    const vscode = new URL(setups.find(({ id }) => id === 'vscode')?.open?.href ?? '');
    expect(`${vscode.protocol}${vscode.pathname}`).toBe('vscode:mcp/install');
    expect(JSON.parse(decodeURIComponent(vscode.search.slice(1)))).toEqual({
      name: configurationKey(name),
      type: 'http',
      url: resource,
    });
  });

  it('gives commands that a shell reads as plain words', () => {
    const commands = setups
      .flatMap((setup) => setup.snippets)
      .filter(({ title }) => title === 'Terminal')
      .flatMap(({ code }) => code.split('\n'));
    expect(commands.length).toBeGreaterThanOrEqual(5);
    for (const command of commands) expect(command).toMatch(/^[A-Za-z0-9 :/.@_-]+$/);
  });

  it('gives TOML whose string is this URL', () => {
    const toml = setups.find(({ id }) => id === 'codex')?.snippets[1]?.code ?? '';
    expect(toml).toBe(`[mcp_servers.${configurationKey(name)}]\nurl = "${resource}"`);
  });
});
