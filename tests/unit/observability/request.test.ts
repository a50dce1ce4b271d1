import { expect, test } from 'vitest';
import { currentRequest, requestIdFor, runRequest } from '#lib/observability/request.ts';

const request = (id: string) => new Request('https://mcp.example.com', { headers: { 'x-request-id': id } });

test('the request id of a client is ignored', () => {
  expect(requestIdFor(request('chosen-by-a-client'), { trustedProxyHops: 0 })).toMatch(/^[0-9a-f-]{36}$/);
});

test('the request id of a trusted proxy is used when it is valid', () => {
  expect(requestIdFor(request('proxy:1234.5678'), { trustedProxyHops: 1 })).toBe('proxy:1234.5678');
  expect(requestIdFor(request('x'.repeat(500)), { trustedProxyHops: 1 })).toHaveLength(36);
  expect(requestIdFor(request('one two="three"'), { trustedProxyHops: 1 })).toHaveLength(36);
});

test('concurrent requests each have their own id', async () => {
  const seen = await Promise.all(
    ['first', 'second'].map((id) =>
      runRequest(id, async () => {
        await Promise.resolve();
        return currentRequest()?.id;
      }),
    ),
  );
  expect(seen).toEqual(['first', 'second']);
  expect(currentRequest()).toBeUndefined();
});
