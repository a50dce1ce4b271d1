import { expect, test, vi } from 'vitest';
import { withHeartbeat } from '#lib/mcp/negotiation.ts';
import { mcpMessage } from '#tests/support/mcp-request.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const SILENCE_MS = 5;
const message: unknown = JSON.parse(mcpMessage('tools/call', { name: 'slow' }, 7).body);
const both = { json: true, stream: true };
const result = { jsonrpc: '2.0', id: 7, result: { done: true } };

/** A response stream, read as events and comments. */
async function* parts(response: Response) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const complete = text.split('\n\n');
    text = complete.pop() ?? '';
    yield* complete;
  }
}

const dataOf = (part: string | undefined) => JSON.parse(/^data: (.*)$/m.exec(part ?? '')?.[1] ?? 'null');

/** A response that was still open after the silence: what `answer` ends it with, after two comments. */
async function eventsAfter(
  answer: (resolve: (response: Response) => void, reject: (error: Error) => void) => void,
) {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const response = await withHeartbeat(promise, both, message, SILENCE_MS);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const reading = parts(response);
  for (const _comment of [1, 2]) expect((await reading.next()).value).toMatch(/^: /);
  answer(resolve, reject);
  const events: string[] = [];
  for await (const part of reading) if (!part.startsWith(':')) events.push(part);
  return events;
}

test('a call that takes long sends comments, and then its response', async () => {
  const events = await eventsAfter((resolve) => resolve(Response.json(result)));
  expect(events.map(dataOf)).toEqual([result]);
});

test('a stream that begins late is passed on', async () => {
  const events = 'event: message\ndata: {"a":1}\n\nevent: message\ndata: {"b":2}\n\n';
  const stream = () => new Response(events, { headers: { 'content-type': 'text/event-stream' } });
  expect((await eventsAfter((resolve) => resolve(stream()))).map(dataOf)).toEqual([{ a: 1 }, { b: 2 }]);
});

test('a call that is refused late gets an error with its id', async () => {
  const refusal = { error: 'invalid_token', error_description: 'Not valid' };
  const events = await eventsAfter((resolve) => resolve(Response.json(refusal, { status: 401 })));
  expect(events.map(dataOf)).toEqual([
    { jsonrpc: '2.0', id: 7, error: { code: -32000, message: 'Not valid' } },
  ]);
});

test('a call that was aborted ends its stream without a response', async () => {
  expect(await eventsAfter((resolve) => resolve(new Response(null, { status: 499 })))).toEqual([]);
});

test('an unexpected error after the first byte is logged, and the client sees none of it', async () => {
  stubConfiguration();
  const logged = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const events = await eventsAfter((_resolve, reject) => reject(new Error('secret cause')));
  expect(events.map(dataOf)).toMatchObject([{ id: 7, error: { code: -32603 } }]);
  expect(events.join()).not.toContain('secret');
  expect(String(logged.mock.calls)).toContain('secret cause');
});

test('a call that is quick, or whose client accepts no stream, is answered with its response', async () => {
  const quick = Response.json(result);
  expect(await withHeartbeat(Promise.resolve(quick), both, message, SILENCE_MS)).toBe(quick);
  const { promise, resolve } = Promise.withResolvers<Response>();
  const waiting = withHeartbeat(promise, { json: true, stream: false }, message, SILENCE_MS);
  const other = await withHeartbeat(promise, both, message, SILENCE_MS);
  resolve(quick);
  expect(await waiting).toBe(quick);
  await other.body?.cancel();
});
