import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

test('countdown reports progress after each step', async () => {
  const client = await endpoint.connect();
  const seen: number[] = [];
  const { structuredContent } = await client.callTool(
    { name: 'countdown', arguments: { steps: 3, stepMilliseconds: 1 } },
    { onprogress: ({ progress }) => seen.push(progress) },
  );
  expect(structuredContent).toEqual({ steps: 3 });
  expect(seen).toEqual([1, 2, 3]);
});

test('countdown stops when the client cancels', async () => {
  const client = await endpoint.connect();
  const cancel = new AbortController();
  const running = client.callTool(
    { name: 'countdown', arguments: { steps: 100, stepMilliseconds: 1000 } },
    { signal: cancel.signal },
  );
  cancel.abort();
  await expect(running).rejects.toThrow();
});
