import { domainToASCII } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lookAlike } from '#lib/cimd/brands.ts';

describe('look-alikes', () => {
  test.each([
    ['Claude', 'Claude'],
    ['claude desktop', 'Claude'],
    ['Сlаudе', 'Claude'],
    ['C1aude', 'Claude'],
    ['CIaude Code', 'Claude'],
    ['Cl4ud3', 'Claude'],
    ['Ｃｌａｕｄｅ', 'Claude'],
    ['𝐂𝐥𝐚𝐮𝐝𝐞', 'Claude'],
    ['Clàudé', 'Claude'],
    ['C l a u d e', 'Claude'],
    ['C-l-a-u-d-e', 'Claude'],
    ['MyClaudeApp', 'Claude'],
    ['Chat GPT', 'ChatGPT'],
    ['ChatGРТ', 'ChatGPT'],
    ['OpenAI Codex CLI', 'ChatGPT'],
    ['Cursоr', 'Cursor'],
    ['VS Code', 'VS Code'],
    ['Visual Studio Code', 'VS Code'],
    ['GitHub Copilot', 'GitHub'],
    ['Gemini CLI', 'Gemini'],
    ['Gerninı', 'Gemini'],
    ['VVindsurf', 'Windsurf'],
    ['Zed', 'Zed'],
    ['the zed editor', 'Zed'],
  ])('the name %s on another host is that of %s', (name, brand) => {
    expect(lookAlike(name, 'tools.example.com')).toContain(`uses the name “${brand}”`);
  });

  test.each([
    'Notes',
    'Organized Notes',
    'My agent',
    '',
    'MCP AuthKit Starter client',
    'Warning lights',
    'Precursor',
    'Cursory Reader',
    'Philanthropic',
    'Misanthropic Notes',
    'Notional',
    'Claudette',
    'Mongoose Studio',
    'Slackline',
    'Geminids',
    '日本語',
  ])('the name %j resembles no client', (name) =>
    expect(lookAlike(name, 'tools.example.com')).toBeUndefined(),
  );

  test.each([
    'claude.ai.evil.net',
    'claude-login.com',
    'c1aude.com',
    domainToASCII('сlаudе.com'),
    'claudelogin.com',
    'getclaude.app',
    'my-claude.example',
    'claude.github.io',
  ])('the host %s resembles Claude', (host) =>
    expect(lookAlike('Assistant', host)).toContain('resembles “Claude”'),
  );
});

describe('a well-known client', () => {
  test.each([
    ['Claude', 'claude.ai'],
    ['Claude Code', 'claude.ai'],
    ['Claude', 'api.anthropic.com'],
    ['ChatGPT', 'chatgpt.com'],
    ['Visual Studio Code', 'vscode.dev'],
    ['GitHub Copilot', 'github.com'],
    ['Cursor', 'www.cursor.com'],
    ['Zed', 'zed.dev'],
    ['Goose', 'goose-docs.ai'],
    ['Goose', 'block.github.io'],
    ['Junie', 'junie.jetbrains.ai'],
    ['Gemini', 'antigravity.google'],
    ['Jules by Google', 'jules.google'],
    ['Devin', 'app.devin.ai'],
    ['Windsurf', 'cognition.ai'],
    ['opencode', 'opencode.ai'],
  ])('%s on %s is not a look-alike', (name, host) => expect(lookAlike(name, host)).toBeUndefined());

  test.each([
    ['Claude for VS Code', 'claude.ai'],
    ['Codex in GitHub Copilot', 'chatgpt.com'],
    ['Gemini', 'block.github.io'],
    ['Slack for Notion', 'slack.com'],
  ])('%s on %s, a host of a known vendor, is not accused for another vendor', (name, host) =>
    expect(lookAlike(name, host)).toBeUndefined(),
  );

  test.each(['someone.github.io', 'philanthropic.org', 'precursor.dev', 'notional.app', 'claudette.fr'])(
    'the host %s of another owner is not accused',
    (host) => expect(lookAlike('Assistant', host)).toBeUndefined(),
  );

  test('a host that ends like the vendor’s domain is a look-alike', () => {
    expect(lookAlike('Zed', 'notzed.dev')).toBeDefined();
    expect(lookAlike('Claude', 'evilclaude.ai')).toBeDefined();
  });
});
