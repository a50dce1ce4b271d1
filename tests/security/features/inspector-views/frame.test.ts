import { NextRequest } from 'next/server';
import { expect, test } from 'vitest';
import { withViewFrame } from '#features/inspector/views/frame.ts';

const APP = 'https://app.example.com';

/** The response of the proxy to a request, before which the page would have answered with a policy. */
async function answer(path: string) {
  const handled: string[] = [];
  const response = await withViewFrame(
    new NextRequest(`${APP}${path}`),
    async ({ nextUrl }) => {
      handled.push(nextUrl.pathname);
      return new Response('page', { headers: { 'content-security-policy': "default-src 'none'" } });
    },
    { appUrl: APP },
  );
  return { response, handled, policy: response.headers.get('content-security-policy') ?? '' };
}

test('the document of a view has an origin of its own, and reaches nothing', async () => {
  const { response, handled, policy } = await answer('/inspector/view-frame');
  expect(handled).toEqual([]);
  expect(policy.split('; ')).toEqual([
    'sandbox allow-scripts',
    "default-src 'none'",
    "script-src 'unsafe-inline'",
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    'media-src data: blob:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ]);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-frame-options': 'SAMEORIGIN',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(await response.text()).toContain(`const page = "${APP}"`);
});

test('a query opens hosts of the web only, and adds no directive', async () => {
  const query = new URLSearchParams([
    ['connect', 'https://api.example.com'],
    ...['*', 'data:', "'self'", 'http://a.example', 'https://a.example; script-src *'].map((host) => [
      'connect',
      host,
    ]),
    ['resource', 'https://cdn.example.com'],
    ...['*', "'unsafe-eval'", 'https:', 'https://x.example\r\nset-cookie: a=b'].map((host) => [
      'resource',
      host,
    ]),
  ]);
  const { policy, response } = await answer(`/inspector/view-frame?${query}`);
  expect(policy).toContain("; connect-src https://api.example.com; form-action 'none'");
  expect(policy).toContain("; script-src 'unsafe-inline' https://cdn.example.com; style-src");
  expect(policy.split('; ')).toHaveLength(11);
  expect(response.headers.get('set-cookie')).toBeNull();
});

test('the page of the inspector may embed that document, and other pages nothing', async () => {
  expect((await answer('/inspector')).policy).toBe(
    "default-src 'none'; frame-src https://app.example.com/inspector/view-frame",
  );
  for (const path of [
    '/',
    '/clients',
    '/inspector/client-metadata',
    '/inspector/view-frame/x',
    '/inspector/View-frame',
  ]) {
    const { policy, handled } = await answer(path);
    expect(handled).toEqual([path]);
    expect(policy).toBe("default-src 'none'");
  }
});
