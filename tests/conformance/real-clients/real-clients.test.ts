import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA } from '#dev/authkit/state/people.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { type ClientStack, startClientStack } from './client-stack.ts';
import { connectWithSdk1 } from './sdk-1-client.ts';

const TIMEOUT_MS = 90_000;
const run = promisify(execFile);

/** A tool's answer, as every client shows it. */
type Called = { structuredContent?: unknown };

let stack: ClientStack;

beforeAll(async () => {
  stack = await startClientStack();
}, 3 * TIMEOUT_MS);

afterAll(() => stack.close());

const PERSON = { subject: ADA.id, permissions: ['connections:revoke', 'organization:manage'] };

function expectAda(answer: unknown, clientId?: string): void {
  const { structuredContent } = answer as Called;
  expect(structuredContent).toMatchObject({ ...PERSON, ...(clientId && { clientId }) });
}

describe('@modelcontextprotocol/sdk 1.x', () => {
  test.each(['metadata document', 'dynamic registration'])('connects by %s', async (how) => {
    const document = how === 'metadata document' ? stack.clientMetadataUrl : undefined;
    const client = await connectWithSdk1(stack.url, document);
    expectAda(await client.callTool({ name: 'identity', arguments: {} }), document);
    await client.close();
  });
});

describe('@modelcontextprotocol/client 2.x', () => {
  test.each([
    ['cimd', 'auto'],
    ['cimd', 'legacy'],
    ['dcr', 'auto'],
    ['dcr', 'legacy'],
  ] as const)('connects by %s in the %s era', async (registration, era) => {
    const client = await ScriptedClient.connect({ url: stack.url, account: 'ada', registration, era });
    expectAda(await client.callTool('identity'));
    await client.close();
  });
});

describe('the command line of the MCP Inspector', () => {
  const inspector = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';
  const call = ['--method', 'tools/call', '--tool-name', 'identity', '--format', 'json'];

  async function inspect(...options: string[]): Promise<unknown> {
    const args = [inspector, '--cli', stack.url, ...call, ...options];
    const { stdout } = await run(process.execPath, args, {
      env: { NODE_ENV: 'production', ...stack.environment() },
    });
    return (JSON.parse(stdout) as { result: unknown }).result;
  }

  test.each(['legacy', 'modern'])(
    'registers, signs in and calls a tool in the %s era',
    async (era) => {
      expectAda(await inspect('--protocol-era', era));
    },
    TIMEOUT_MS,
  );

  test(
    'is known by its metadata document',
    async () => {
      expectAda(await inspect('--client-metadata-url', stack.clientMetadataUrl), stack.clientMetadataUrl);
    },
    TIMEOUT_MS,
  );
});

describe('mcp-remote as a bridge for clients that speak stdio', () => {
  const bridge = 'node_modules/mcp-remote/dist/proxy.js';

  async function callThroughBridge(...options: string[]): Promise<unknown> {
    const client = new Client({ name: 'stdio-client', version: '1.0.0' });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [bridge, stack.url, ...options],
      env: stack.environment(),
      stderr: 'ignore',
    });
    try {
      await client.connect(transport, { timeout: TIMEOUT_MS });
      return await client.callTool({ name: 'identity', arguments: {} });
    } finally {
      await client.close();
    }
  }

  test.each(['legacy', 'auto'])(
    'registers, signs in and calls a tool in the %s era',
    async (protocol) => {
      expectAda(await callThroughBridge('--protocol', protocol));
    },
    TIMEOUT_MS,
  );

  test(
    'is known by its metadata document',
    async () => {
      const answer = await callThroughBridge('--client-metadata-url', stack.clientMetadataUrl);
      expectAda(answer, stack.clientMetadataUrl);
    },
    TIMEOUT_MS,
  );
});
