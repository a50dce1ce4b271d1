import { beforeAll, describe, expect, test } from 'vitest';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack();
});

const DOCUMENT = '/oauth/client-metadata.json';
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${stack.appUrl}${path}`, { redirect: 'manual', ...init });

describe('the client metadata document of a running server', () => {
  test('comes without a redirect, as JSON, to anyone, and is the same bytes whatever a request claims', async () => {
    const plain = await ask(DOCUMENT);
    expect(plain.status).toBe(200);
    expect(plain.headers.get('content-type')).toBe('application/json');
    expect(plain.headers.get('access-control-allow-origin')).toBe('*');
    expect(plain.headers.has('set-cookie')).toBe(false);
    const text = await plain.text();
    expect(JSON.parse(text)).toMatchObject({
      client_id: `https://client.test${DOCUMENT}`,
      redirect_uris: [`${stack.appUrl}/inspector/callback`],
    });
    const claims = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    for (const init of [
      { headers: claims },
      { headers: { accept: 'text/html', origin: 'https://evil.example' } },
    ])
      expect(await (await ask(DOCUMENT, init)).text()).toBe(text);
    expect(await (await ask(`${DOCUMENT}?x=1`)).text()).toBe(text);
  });

  test('is not sent twice to whoever keeps it', async () => {
    const etag = (await ask(DOCUMENT)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect((await ask(DOCUMENT, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test.each([DOCUMENT, '/oauth/jwks.json'])(
    '%s can be looked at and asked about, but not changed',
    async (path) => {
      const head = await ask(path, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect((await ask(path, { method: 'OPTIONS' })).status).toBe(204);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const refused = await ask(path, { method });
        expect([method, refused.status, refused.headers.get('allow')]).toEqual([
          method,
          405,
          'GET, HEAD, OPTIONS',
        ]);
      }
    },
  );

  test('has keys that are an empty set when none is configured, and a logo that other sites may show', async () => {
    expect(await (await ask('/oauth/jwks.json')).json()).toEqual({ keys: [] });
    const logo = await ask('/logo.png');
    expect([logo.status, logo.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(logo.headers.get('cross-origin-resource-policy')).not.toBe('same-origin');
  });
});
