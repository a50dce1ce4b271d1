import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { ClientUnderTest } from '../client.ts';
import { run } from '../terminal.ts';

const node = process.execPath;
const json = (value: unknown) => JSON.stringify(value);

const mcporter: ClientUnderTest = {
  id: 'mcporter',
  name: 'mcporter',
  packages: { mcporter: '0.12.3' },
  open({ url, home, env, installed }) {
    const mcporter = (...args: string[]) =>
      run(node, [installed('mcporter'), '--oauth-timeout', '30000', ...args], { env, cwd: home });
    return {
      signIn: () => mcporter('auth', '--http-url', url, '--allow-http', '--name', 'server', '--reset'),
      async tools() {
        const listed = await mcporter(
          'list',
          '--http-url',
          url,
          '--allow-http',
          '--name',
          'server',
          '--schema',
        );
        return listed.split(/\s+/);
      },
      call: (tool) => mcporter('call', '--http-url', url, '--allow-http', '--name', 'server', '--tool', tool),
    };
  },
};

const mcpc: ClientUnderTest = {
  id: 'mcpc',
  name: 'mcpc',
  packages: { '@apify/mcpc': '0.2.6' },
  open({ url, home, env, installed }) {
    const mcpc = (...args: string[]) =>
      run(node, [installed('@apify/mcpc'), '--json', ...args], {
        env: { ...env, MCPC_HOME_DIR: join(home, '.mcpc') },
        cwd: home,
      });
    return {
      async signIn() {
        await mcpc('close', '@server').catch(() => undefined);
        await mcpc('login', url, '--scope', 'openid profile offline_access');
        await mcpc('connect', url, '@server');
      },
      tools: async () => (await mcpc('@server', 'tools-list')).split('"'),
      call: (tool) => mcpc('@server', 'tools-call', tool),
      close: async () => void (await mcpc('close', '@server')),
    };
  },
  remark: 'Signed in with `--scope "openid profile offline_access"`.',
};

const inspectorCli: ClientUnderTest = {
  id: 'inspector',
  name: 'MCP Inspector (command line)',
  packages: { '@modelcontextprotocol/inspector': '2.12.0' },
  open({ url, home, env, installed }) {
    const launcher = installed('@modelcontextprotocol/inspector', 'clients/launcher/build/index.js');
    const inspect = (...args: string[]) =>
      run(node, [launcher, '--cli', url, '--protocol-era', 'auto', '--format', 'json', ...args], {
        env: {
          ...env,
          NODE_ENV: 'production',
          MCP_STORAGE_DIR: join(home, 'inspector'),
          MCP_INSPECTOR_SECRET_STORE: 'file',
          MCP_AUTO_OPEN_ENABLED: 'true',
        },
        cwd: home,
        timeoutMs: 60_000,
      });
    const list = () => inspect('--method', 'tools/list');
    return {
      signIn: list,
      tools: async () => (await list()).split('"'),
      call: (tool) => inspect('--method', 'tools/call', '--tool-name', tool),
    };
  },
};

const mcpRemote: ClientUnderTest = {
  id: 'mcp-remote',
  name: 'mcp-remote',
  packages: { 'mcp-remote': '0.15.1' },
  open({ url, home, env, installed }) {
    let client: Client | undefined;
    const connect = async () => {
      await client?.close();
      client = new Client({ name: 'stdio-client', version: '1.0.0' });
      const transport = new StdioClientTransport({
        command: node,
        args: [installed('mcp-remote', 'dist/proxy.js'), url],
        env: { ...env, MCP_REMOTE_CONFIG_DIR: join(home, 'mcp-remote') },
        stderr: 'ignore',
      });
      await client.connect(transport, { timeout: 45_000 });
      return client;
    };
    return {
      signIn: connect,
      tools: async () => (await client?.listTools())?.tools.map(({ name }) => name) ?? [],
      call: async (name) =>
        json(await client?.callTool({ name, arguments: {} }, undefined, { timeout: 45_000 })),
      close: async () => client?.close(),
    };
  },
};

/** Writes a file in a home. */
export function file(home: string, path: string, content: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content);
}

export const commandLines: readonly ClientUnderTest[] = [mcporter, mcpc, inspectorCli, mcpRemote];
