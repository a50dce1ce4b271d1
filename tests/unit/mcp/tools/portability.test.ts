import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const INSPECTOR = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';

/** A server of 2025-11-25 that lists the given tools. */
async function startList(listed: readonly object[]) {
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { id, method } = JSON.parse(Buffer.concat(chunks).toString());
    const results: Record<string, object> = {
      initialize: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'tools', version: '1' },
      },
      'tools/list': { tools: listed },
    };
    if (id === undefined) return response.writeHead(202).end();
    const result = results[method];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        ...(result ? { result } : { error: { code: -32601, message: 'Unknown' } }),
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the MCP Inspector finds in the schemas of a server's tools. */
async function findingsOf(listed: readonly object[]): Promise<unknown> {
  await using server = await startList(listed);
  const args = [INSPECTOR, '--cli', server.url, '--method', 'tools/list', '--strict', '--format', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout).schemaFindings;
}

test('the MCP Inspector has no warning about the schemas of our tools', async () => {
  stubConfiguration();
  const { tools } = await import('#lib/mcp/tools/index.ts');
  const options = { target: 'draft-2020-12' } as const;
  const listed = tools.map(({ name, listing }) => ({
    name,
    ...listing,
    inputSchema: listing.inputSchema['~standard'].jsonSchema.input(options),
    outputSchema: listing.outputSchema['~standard'].jsonSchema.output(options),
  }));
  expect(await findingsOf(listed)).toBe(undefined);
  const nullable = { type: 'object', properties: { a: { type: ['string', 'null'] } } };
  expect(await findingsOf([{ name: 'x', inputSchema: nullable }])).toMatchObject([{ toolName: 'x' }]);
});
