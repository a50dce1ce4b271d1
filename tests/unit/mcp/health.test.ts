import { expect, test, vi } from 'vitest';
import { live, readiness } from '#lib/mcp/health.ts';

test('a process that answers is live, and the response must not be cached', async () => {
  const response = live();
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({ status: 'live' });
});

test('an instance whose database answers is ready', async () => {
  const response = await readiness(async () => 1);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ready' });
});

test('an instance whose database refuses is not ready, and the answer says nothing of the inside', async () => {
  const response = await readiness(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.5:5432')));
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: 'database_unavailable' });
});

test('an instance whose database never answers is not ready, instead of holding the question open', async () => {
  vi.useFakeTimers();
  try {
    const answer = readiness(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await answer).status).toBe(503);
  } finally {
    vi.useRealTimers();
  }
});
