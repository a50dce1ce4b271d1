import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientRedirectUris } from '#lib/config/urls.ts';
import { type RawAnswer, type RawRequest, rawRequest } from '#tests/support/raw-http.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

const PATH = '/oauth/client-metadata.json';

let app: TrustingApp;
/** The document as a plain request gets it. */
let plain: RawAnswer;

beforeAll(async () => {
  app = await startTrustingApp();
  plain = await ask();
});
afterAll(() => app?.stop());

const ask = (request: RawRequest = {}, target = PATH): Promise<RawAnswer> =>
  rawRequest(app.appUrl, { method: 'GET', target, ...request });

function expectDocument(answer: RawAnswer): void {
  expect(answer.status).toBe(200);
  expect(answer.header('content-type')).toBe('application/json');
  expect(answer.header('location')).toBeUndefined();
  expect(answer.header('set-cookie')).toBeUndefined();
  expect(answer.header('etag')).toBe(plain.header('etag'));
  expect(answer.body).toBe(plain.body);
}

test('the document is JSON under 5 KB, and its client_id is exactly the URL it is served at', () => {
  expectDocument(plain);
  expect(Buffer.byteLength(plain.body, 'latin1')).toBeLessThan(5 * 1024);
  expect(plain.header('access-control-allow-origin')).toBe('*');
  expect(plain.header('access-control-allow-credentials')).toBeUndefined();
  // On a loopback deployment the client ID has the reserved host, because it must be https.
  expect(plain.body).toContain(`"client_id":"https://client.test${PATH}"`);
  expect(JSON.parse(plain.body)).toMatchObject({ redirect_uris: clientRedirectUris({ appUrl: app.appUrl }) });
});

test('on a public deployment client_id is its own https URL', async () => {
  const appUrl = 'https://app.example.com';
  const { url } = await app.startInstance({
    APP_URL: appUrl,
    AUTHKIT_DOMAIN: 'https://tenant.authkit.app',
    WORKOS_API_HOSTNAME: 'api.workos.com',
    WORKOS_API_PORT: '443',
    WORKOS_API_HTTPS: 'true',
    DATABASE_URL: 'pglite:memory://',
  });
  for (const host of ['app.example.com', 'evil.example', 'app.example.com.evil.example:444']) {
    const { status, body } = await rawRequest(url, {
      method: 'GET',
      target: PATH,
      headers: [['Host', host]],
    });
    expect(status).toBe(200);
    expect(body).toContain(`"client_id":"https://app.example.com${PATH}"`);
    const { redirect_uris, ...others } = JSON.parse(body);
    expect(redirect_uris).toEqual(clientRedirectUris({ appUrl }));
    expect(JSON.stringify(others)).not.toMatch(/evil|localhost|127\.0\.0\.1/);
  }
});

describe('the document has the same bytes when the request', () => {
  // Host and X-Forwarded-* are in host-and-origin.test.ts, for everything that is published.
  test.each<[string, readonly (readonly [string, string])[]]>([
    ['accepts only HTML', [['Accept', 'text/html']]],
    ['accepts only an image', [['Accept', 'image/png, */*;q=0']]],
    ['has an invalid accept header', [['Accept', ';;,/']]],
    [
      'accepts another language and charset',
      [
        ['Accept-Language', 'xx'],
        ['Accept-Charset', 'utf-7'],
      ],
    ],
    ['comes from another origin', [['Origin', 'https://evil.example']]],
    [
      'comes from a sandboxed page',
      [
        ['Origin', 'null'],
        ['Sec-Fetch-Site', 'cross-site'],
      ],
    ],
    ['has cookies', [['Cookie', 'wos-session=x; theme=dark']]],
    ['has credentials', [['Authorization', 'Bearer x']]],
    ['has a range of the first byte', [['Range', 'bytes=0-0']]],
    ['has a range after the end', [['Range', 'bytes=99999-']]],
    ['has a thousand ranges', [['Range', `bytes=${'0-0,'.repeat(1000)}1-1`]]],
    ['has another etag', [['If-None-Match', '"other"']]],
    ['has an if-modified-since of tomorrow', [['If-Modified-Since', 'Fri, 01 Jan 2100 00:00:00 GMT']]],
    ['has an if-match of another etag', [['If-Match', '"other"']]],
    [
      'overrides its method',
      [
        ['X-HTTP-Method-Override', 'DELETE'],
        ['X-HTTP-Method', 'PUT'],
      ],
    ],
    [
      'has internal headers of Next',
      [
        ['X-Invoke-Path', '/evil'],
        ['X-Matched-Path', '/evil'],
      ],
    ],
    [
      'has internal headers of the proxy',
      [
        ['X-Middleware-Rewrite', '/evil'],
        ['X-Middleware-Subrequest', 'proxy'],
      ],
    ],
    ['calls a Server Action', [['Next-Action', '0'.repeat(42)]]],
    [
      'prefetches',
      [
        ['Purpose', 'prefetch'],
        ['Next-Router-Prefetch', '1'],
      ],
    ],
    ['has headers of 8 KB', [['X-Padding', 'x'.repeat(8000)]]],
  ])('%s', async (_what, headers) => expectDocument(await ask({ headers })));

  test.each(['?', '?x=1', '?client_id=https://evil.example/c.json', '?_rsc=1', '?__nextLocale=de', '?%'])(
    'has the query %s',
    async (query) => expectDocument(await ask({}, PATH + query)),
  );

  test('has a body', async () =>
    expectDocument(
      await ask({ headers: [['Content-Type', 'application/json']], body: '{"client_id":"x"}' }),
    ));

  // Next sends requests of its own pages for another representation on, so that no cache mixes them up.
  test('asks for a part of a page, which redirects to the document on this host', async () => {
    const headers = [['RSC', '1']] as const;
    const { status, header } = await ask({ headers });
    expect([status, header('location')]).toEqual([307, `${PATH}?_rsc`]);
    expectDocument(await ask({ headers }, `${PATH}?_rsc`));
  });

  test('is one of two hundred concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask()));
    for (const answer of answers) expectDocument(answer);
  });
});

describe('there is no second document under another URL', () => {
  test('a trailing slash redirects to the document on this host', async () => {
    const { status, header, body } = await ask({ headers: [['Host', 'evil.example']] }, `${PATH}/`);
    expect([status, new URL(header('location') ?? '', app.appUrl).href]).toEqual([308, app.appUrl + PATH]);
    expect(body).not.toContain('client_id');
  });

  test.each([
    '/oauth/Client-Metadata.json',
    '/OAUTH/client-metadata.json',
    '/oauth/client-metadata',
    '/oauth/client-metadata.json.txt',
    '/oauth/client-metadata.json%00',
    '/oauth/client-metadata.json/x',
    '/oauth%2fclient-metadata.json',
  ])('%s', async (target) => {
    const { status, body } = await ask({}, target);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).not.toContain('redirect_uris');
  });
});

describe('GET, HEAD and OPTIONS are the only methods', () => {
  test.each([PATH, '/oauth/jwks.json'])('%s', async (path) => {
    const head = await ask({ method: 'HEAD' }, path);
    expect([head.status, head.body, head.header('content-type')]).toEqual([200, '', 'application/json']);
    expect((await ask({ method: 'OPTIONS' }, path)).status).toBe(204);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const refused = await ask({ method, body: '{"client_id":"https://evil.example"}' }, path);
      expect([method, refused.status, refused.header('allow')]).toEqual([method, 405, 'GET, HEAD, OPTIONS']);
      expect(refused.header('set-cookie')).toBeUndefined();
    }
    for (const method of ['TRACE', 'PROPFIND', 'BREW'])
      expect((await ask({ method }, path)).status, method).toBeGreaterThanOrEqual(400);
  });

  test('a client with the current etag gets 304, in any form of the etag', async () => {
    const etag = plain.header('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const answer = await ask({ headers: [['If-None-Match', known]] });
      expect([answer.status, answer.body, answer.header('etag')]).toEqual([304, '', etag]);
    }
  });

  test('the key set is empty without a key, and other sites may display the logo', async () => {
    expect(JSON.parse((await ask({}, '/oauth/jwks.json')).body)).toEqual({ keys: [] });
    const logo = await ask({}, '/logo.png');
    expect([logo.status, logo.header('content-type')]).toEqual([200, 'image/png']);
    expect(logo.header('cross-origin-resource-policy')).not.toBe('same-origin');
  });
});
