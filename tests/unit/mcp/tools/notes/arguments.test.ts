import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
let client: Client;

beforeAll(async () => {
  endpoint = await startEndpoint();
  client = await endpoint.connect();
});
afterAll(() => endpoint?.close());

describe('arguments that a database cannot hold', () => {
  test.each<[string, object]>([
    ['add_note', { text: '\u0000' }],
    ['add_note', { text: 'a\u0000b' }],
    ['add_note', { text: 'half \ud83d a letter' }],
    ['delete_note', { id: '\u0000' }],
    ['delete_note', { id: "' or 1=1 --" }],
    ['list_notes', { cursor: '\u0000' }],
    ['list_notes', { cursor: 'x'.repeat(100_000) }],
    ['list_notes', { limit: 1e308 }],
  ])('%s refuses %j with a message, not with an internal error', async (name, args) => {
    const answer = await client
      .callTool({ name, arguments: args as Record<string, unknown> })
      .catch((error: unknown) => error);
    expect(JSON.stringify(answer)).not.toContain('failed on this server');
    expect(String(answer)).not.toMatch(/internal/i);
  });
});

test("another person's note is as unknown as one that does not exist", async () => {
  const owner = await endpoint.connect({ claims: { sub: 'user_owner' } });
  const stranger = await endpoint.connect({ claims: { sub: 'user_stranger' } });
  const added = await owner.callTool({ name: 'add_note', arguments: { text: 'private' } });
  const { note } = added.structuredContent as { note: { id: string } };
  const other = '01a209d5-a5e4-74d5-ab69-7b5c1b290ee6';
  const deleteNote = async (id: string) =>
    JSON.stringify(await stranger.callTool({ name: 'delete_note', arguments: { id } })).replace(id, '');
  expect(await deleteNote(note.id)).toBe(await deleteNote(other));
  const left = await owner.callTool({ name: 'list_notes' });
  expect(left.structuredContent).toMatchObject({ notes: [{ text: 'private' }] });
});
