import { NextRequest } from 'next/server';
import { afterEach, expect, test, vi } from 'vitest';
import { callbackRoute } from '#features/inspector/server/callback-route.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

let request = new Headers();
const deleted: string[] = [];
vi.mock('next/headers', () => ({
  headers: async () => request,
  cookies: async () => ({ get: () => undefined, has: () => true, set: (name: string) => deleted.push(name) }),
}));

afterEach(() => {
  request = new Headers();
});

const callback = () =>
  callbackRoute(new NextRequest('https://app.example/inspector/callback?code=secret-code&state=some-state'));

test('a callback while the session cannot be checked is 503 with the reason, and can be repeated', async () => {
  stubConfiguration();
  request = new Headers({ 'x-session-unavailable': 'true' });
  const response = await callback();
  expect(response.status).toBe(503);
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  expect(await response.text()).toContain('Your session cannot be checked now');
  expect(deleted).toEqual([]);

  request = new Headers();
  expect((await callback()).status).toBe(303);
  expect(deleted.length).toBeGreaterThan(0);
});
