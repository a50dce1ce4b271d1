import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

test('notes are private to the person who added them', async () => {
  const owner = await endpoint.connect({ claims: { sub: 'owner' } });
  const stranger = await endpoint.connect({ claims: { sub: 'stranger' } });
  const added = await owner.callTool({ name: 'add_note', arguments: { text: 'mine' } });
  const { note } = added.structuredContent as { note: { id: string } };
  const theirs = await stranger.callTool({ name: 'delete_note', arguments: { id: note.id } });
  expect(theirs.isError).toBe(true);
  expect((await stranger.callTool({ name: 'list_notes' })).structuredContent).toEqual({ notes: [] });
  expect((await owner.callTool({ name: 'list_notes' })).structuredContent).toMatchObject({
    notes: [{ text: 'mine' }],
  });
  const read = await owner.readResource({ uri: 'notes://newest' });
  expect(JSON.stringify(read.contents)).toContain('mine');
  expect(
    (await owner.callTool({ name: 'delete_note', arguments: { id: note.id } })).structuredContent,
  ).toEqual({ deleted: note.id });
});

test('list_notes returns the notes a page at a time, newest first', async () => {
  const client = await endpoint.connect({ claims: { sub: 'pages' } });
  for (const text of ['one', 'two', 'three'])
    await client.callTool({ name: 'add_note', arguments: { text } });
  const first = (await client.callTool({ name: 'list_notes', arguments: { limit: 2 } }))
    .structuredContent as { notes: { text: string }[]; nextCursor: string };
  expect(first.notes.map(({ text }) => text)).toEqual(['three', 'two']);
  const second = (
    await client.callTool({ name: 'list_notes', arguments: { limit: 2, cursor: first.nextCursor } })
  ).structuredContent;
  expect(second).toMatchObject({ notes: [{ text: 'one' }] });
  expect(second).not.toHaveProperty('nextCursor');
});

test('a note that cannot be stored is refused with a reason', async () => {
  const client = await endpoint.connect();
  const empty = await client.callTool({ name: 'add_note', arguments: { text: ' ' } });
  expect(empty).toMatchObject({ isError: true, content: [{ text: 'A note needs some text.' }] });
});

test('the prompt review_notes contains its focus', async () => {
  const client = await endpoint.connect();
  const prompt = await client.getPrompt({ name: 'review_notes', arguments: { focus: 'dates' } });
  expect(JSON.stringify(prompt.messages)).toContain('dates');
});
