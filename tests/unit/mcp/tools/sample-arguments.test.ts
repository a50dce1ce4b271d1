import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
let client: Client;

beforeAll(async () => {
  endpoint = await startEndpoint();
  client = await endpoint.connect({ claims: { permissions: ['connections:revoke'] } });
});
afterAll(() => endpoint?.close());

const cursor = Buffer.from(JSON.stringify(['lastUsed', '\u0000', '\u0000'])).toString('base64url');

describe('arguments that a database cannot hold', () => {
  test.each<[string, object]>([
    ['revoke_connection', { id: '\u0000', confirm: true }],
    ['list_connections', { cursor }],
    ['countdown', { steps: -1 }],
  ])('%s refuses %j with a message, not with an internal error', async (name, args) => {
    const answer = await client
      .callTool({ name, arguments: args as Record<string, unknown> })
      .catch((error: unknown) => error);
    expect(JSON.stringify(answer)).not.toContain('failed on this server');
    expect(String(answer)).not.toMatch(/internal/i);
  });
});
