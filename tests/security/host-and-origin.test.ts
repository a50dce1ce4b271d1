import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { toolCall } from '#tests/support/mcp-request.ts';
import { type RawAnswer, rawRequest } from '#tests/support/raw-http.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

let app: TrustingApp;
let token: string;
let port: string;

beforeAll(async () => {
  app = await startTrustingApp({ MCP_ALLOWED_ORIGINS: 'https://allowed.example' });
  token = await app.issuer.token();
  port = new URL(app.appUrl).port;
});
afterAll(() => app?.stop());

type Lines = readonly (readonly [string, string])[];

const get = (target: string, headers: Lines = []): Promise<RawAnswer> =>
  rawRequest(app.appUrl, { method: 'GET', target, headers });

const call = (headers: Lines): Promise<RawAnswer> => {
  const { headers: common, body } = toolCall('identity');
  return rawRequest(app.appUrl, {
    headers: [...Object.entries(common), ['Authorization', `Bearer ${token}`], ...headers],
    body,
  });
};

/** Responses that contain our URLs, which must not depend on request headers. */
const PUBLISHED = [
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-authorization-server',
  '/oauth/client-metadata.json',
  '/oauth/jwks.json',
  '/mcp',
  '/',
  '/login',
  '/callback?code=x&state=y',
  '/nothing-here',
  '/sign-in-failed',
];
const FOREIGN_HOST_HEADERS: [string, Lines][] = [
  ['Host', [['Host', 'evil.example']]],
  ['Host with our port', [['Host', 'evil.example:443']]],
  ['Host with a look-alike', [['Host', 'localhost.evil.example']]],
  ['X-Forwarded-Host', [['X-Forwarded-Host', 'evil.example']]],
  ['a list in X-Forwarded-Host', [['X-Forwarded-Host', 'evil.example, localhost']]],
  ['X-Forwarded-Proto', [['X-Forwarded-Proto', 'evil']]],
  ['X-Forwarded-Port', [['X-Forwarded-Port', '6666']]],
  ['X-Forwarded-Prefix', [['X-Forwarded-Prefix', '/evil']]],
  [
    'X-Original-URL',
    [
      ['X-Original-URL', '/evil'],
      ['X-Rewrite-URL', '/evil'],
    ],
  ],
  ['Forwarded', [['Forwarded', 'host=evil.example;proto=https']]],
  [
    'all together',
    [
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', 'https'],
      ['Forwarded', 'host=evil.example'],
    ],
  ],
];

/** Without what differs each time: nonces, dates, the state and challenge of a sign-in. */
const comparable = ({ status, header, body }: RawAnswer) => ({
  status,
  challenge: header('www-authenticate'),
  location: header('location')?.replace(/(state|code_challenge)=[^&]*/g, '$1='),
  body: body.startsWith('{') ? body : '',
});

/** Without nonces and sealed values, which are random and can contain any four letters. */
const withoutSealedValues = (raw: string) =>
  raw.replace(/Fe26\.2[^;&\s]*|nonce-[^']*|(state|code_challenge)=[^&\s]*/g, '');

/** Pages, which another host name redirects to the public origin. */
const PAGE = /^\/(?!mcp|\.well-known|oauth)/;

describe.each(FOREIGN_HOST_HEADERS)('%s does not change the response of', (_what, lines) => {
  test.each(PUBLISHED)('%s', async (path) => {
    const answer = await get(path, lines);
    expect(withoutSealedValues(answer.raw)).not.toMatch(/evil|6666/);
    // This is a loopback deployment: there /mcp answers loopback names only.
    const host = lines.some(([name]) => name === 'Host');
    if (path === '/mcp' && host) expect(answer.status).toBe(403);
    else if (PAGE.test(path) && host)
      expect([answer.status, answer.header('location')]).toEqual([307, `${app.appUrl}${path}`]);
    else expect(comparable(answer)).toEqual(comparable(await get(path)));
  });
});

describe('a page under another name of this machine', () => {
  const at = (host: string, more: Lines = []) => get('/clients?sort=name', [['Host', host], ...more]);

  test.each(['127.0.0.1', '[::1]', 'mcp.example', '127.0.0.1:99'])(
    '%s is redirected to APP_URL',
    async (host) => {
      const answer = await at(host);
      expect([answer.status, answer.header('location')]).toEqual([307, `${app.appUrl}/clients?sort=name`]);
    },
  );

  test('is served under another port, and where a reverse proxy names the public host', async () => {
    for (const answer of [
      await at('localhost:1'),
      await at('internal', [['X-Forwarded-Host', `localhost:${port}`]]),
    ])
      expect(answer.header('location')).toBe('/login?returnTo=%2Fclients%3Fsort%3Dname');
  });

  test('is served in the end when a reverse proxy replaces Host, instead of redirecting for ever', async () => {
    let cookie = '';
    const statuses: (string | undefined)[] = [];
    for (let request = 0; request < 4; request++) {
      const answer = await at('internal', [['Cookie', cookie]]);
      cookie = answer.header('set-cookie')?.split(';')[0] ?? '';
      statuses.push(answer.header('location'));
    }
    const redirect = `${app.appUrl}/clients?sort=name`;
    expect(statuses).toEqual([redirect, redirect, redirect, '/login?returnTo=%2Fclients%3Fsort%3Dname']);
  });
});

describe('the request target', () => {
  test.each(['http://evil.example', 'https://evil.example', 'HTTP://EVIL.example:99'])(
    '%s/… is served like its path',
    async (origin) => {
      const path = '/.well-known/oauth-protected-resource/mcp';
      const answer = await get(`${origin}${path}`);
      expect(comparable(answer)).toEqual(comparable(await get(path)));
      expect(answer.raw).not.toMatch(/evil/i);
    },
  );

  test.each([
    '//evil.example',
    '//evil.example/..',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/%5cevil.example',
    '///evil.example//',
  ])('%s does not redirect to another host', async (target) => {
    const answer = await get(target);
    expect(answer.status).toBeLessThan(500);
    const location = answer.header('location');
    if (location !== undefined) expect(new URL(location, app.appUrl).origin).toBe(app.appUrl);
  });

  test.each([
    '/%',
    '/%00',
    '/%ff',
    '/a%0d%0aX-Evil:1',
    '/../../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/.well-known/../mcp',
    '/mcp%2f',
    '/mcp%00',
    '*',
    '/?\u00ff',
  ])('%j is no server error', async (target) => {
    const answer = await get(target);
    expect(answer.status).toBeLessThan(500);
    expect(answer.header('x-evil')).toBeUndefined();
    expect(answer.body).not.toContain('root:');
  });
});

describe('at /mcp on a loopback deployment the Host', () => {
  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST', '127.1.2.3'])('%s is served', async (host) =>
    expect((await call([['Host', `${host}:${port}`]])).status).toBe(200),
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example#localhost',
    'evil.example/localhost',
    'localhost@evil.example',
    '127.0.0.1.evil.example',
    '192.168.1.1',
    '0.0.0.0',
    '[::]',
    '169.254.169.254',
    'a b',
    '',
  ])('%j is refused, as after DNS rebinding', async (host) => {
    const answer = await call([['Host', host]]);
    expect([400, 403]).toContain(answer.status);
    expect(answer.body).not.toContain('user_ada');
  });
});

describe('at /mcp an Origin', () => {
  test('that is absent is served, as for command-line clients', async () => {
    const answer = await call([]);
    expect(answer.status).toBe(200);
    expect(answer.header('access-control-allow-origin')).toBeUndefined();
  });

  test.each(['https://allowed.example', 'http://localhost:5173', 'http://127.0.0.1:8080', 'http://[::1]:1'])(
    '%s is allowed to read the response',
    async (origin) => {
      const answer = await call([['Origin', origin]]);
      expect(answer.status).toBe(200);
      expect(answer.header('access-control-allow-origin')).toBe(origin);
      expect(answer.header('access-control-allow-credentials')).toBeUndefined();
      expect(answer.header('access-control-expose-headers')).toContain('WWW-Authenticate');
      expect(answer.header('vary')).toMatch(/\bOrigin\b/);
    },
  );

  const FOREIGN = [
    'null',
    'NULL',
    '',
    '*',
    'https://evil.example',
    'http://allowed.example',
    'https://allowed.example:8443',
    'https://allowed.example.evil.example',
    'https://evil-allowed.example',
    'https://ALLOWED.example',
    'https://allowed.example/',
    'https://allowed.example/path',
    'https://user@allowed.example',
    'https://allowed.example, https://evil.example',
    'https://allowed.example https://evil.example',
    'https://allowed.example.',
    'https://all\u00f6wed.example',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://127.0.0.1.nip.io',
    'http://0.0.0.0:3000',
    'http://192.168.0.1',
    'file://',
    'chrome-extension://abcdef',
    'data:',
    'localhost:3000',
  ];
  test.each(FOREIGN)('%j is refused before a tool runs', async (origin) => {
    const answer = await call([['Origin', origin]]);
    expect(answer.status).toBe(403);
    expect(answer.header('access-control-allow-origin')).toBeUndefined();
    expect(answer.body).not.toContain('user_ada');
  });

  test('in two headers does not allow the second', async () => {
    const answer = await call([
      ['Origin', 'https://allowed.example'],
      ['Origin', 'https://evil.example'],
    ]);
    // Node keeps the first of several; a browser never sends more than one.
    expect([200, 400, 403]).toContain(answer.status);
    expect(answer.header('access-control-allow-origin') ?? '').not.toContain('evil');
  });

  test.each(FOREIGN)('%j is refused in a preflight', async (origin) => {
    const answer = await rawRequest(app.appUrl, {
      method: 'OPTIONS',
      headers: [
        ['Origin', origin],
        ['Access-Control-Request-Method', 'POST'],
        ['Access-Control-Request-Headers', 'authorization'],
      ],
    });
    expect(answer.status).toBe(403);
    expect(answer.header('access-control-allow-origin')).toBeUndefined();
  });
});

describe('CORS', () => {
  test.each([
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/oauth/client-metadata.json',
    '/oauth/jwks.json',
  ])('allows any origin to read %s without credentials', async (path) => {
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const answer = await rawRequest(app.appUrl, {
        method,
        target: path,
        headers: [['Origin', 'https://any.example']],
      });
      expect(answer.header('access-control-allow-origin')).toBe('*');
      expect(answer.header('access-control-allow-credentials')).toBeUndefined();
    }
  });

  test.each([
    ...PAGES.map((page) => page.path),
    '/login',
    '/logout',
    '/callback',
    '/nothing-here',
    '/health/ready',
  ])('allows no origin to read %s', async (path) => {
    for (const method of ['GET', 'OPTIONS', 'POST'])
      for (const origin of ['https://evil.example', 'null', app.appUrl]) {
        const answer = await rawRequest(app.appUrl, { method, target: path, headers: [['Origin', origin]] });
        expect(answer.status).toBeLessThan(500);
        expect(answer.header('access-control-allow-origin')).toBeUndefined();
      }
  });
});
