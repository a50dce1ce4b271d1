import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legacyToolCall, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { type RawAnswer, rawRequest } from '#tests/support/raw-http.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

let app: TrustingApp;
let token: string;
let plainChallenge: string;
/** The challenge of a request that names no revision, or one before 2026-07-28. */
let earlyChallenge: string;

beforeAll(async () => {
  app = await startTrustingApp();
  token = await app.issuer.token();
  plainChallenge = `Bearer resource_metadata="${app.appUrl}/.well-known/oauth-protected-resource/mcp", scope="openid profile"`;
  earlyChallenge = plainChallenge.replace('profile"', 'profile offline_access"');
});
afterAll(() => app?.stop());

const request = toolCall('identity');
const common = Object.entries(request.headers);

/** A well-formed call with these `Authorization` lines, as they are. */
const send = (...authorization: string[]): Promise<RawAnswer> =>
  rawRequest(app.appUrl, {
    headers: [...common, ...authorization.map((value) => ['Authorization', value] as const)],
    body: request.body,
  });

describe('a request without credentials', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'with %s gets a challenge without an error',
    async (method) => {
      const answer = await rawRequest(app.appUrl, {
        method,
        headers: method === 'GET' ? [] : common,
        body: method === 'GET' ? '' : request.body,
      });
      expect(answer.status).toBe(401);
      expect(answer.header('www-authenticate')).toBe(method === 'GET' ? earlyChallenge : plainChallenge);
    },
  );

  test('with HEAD gets the same headers and no body', async () => {
    const answer = await rawRequest(app.appUrl, { method: 'HEAD' });
    expect([answer.status, answer.header('www-authenticate'), answer.body]).toEqual([
      401,
      earlyChallenge,
      '',
    ]);
  });

  test.each(['TRACE', 'CONNECT', 'BREW', 'PROPFIND'])(
    'with %s is refused and its headers are not echoed',
    async (method) => {
      const answer = await rawRequest(app.appUrl, {
        method,
        target: method === 'CONNECT' ? 'evil.example:443' : '/mcp',
        headers: [['Cookie', 'wos-session=canary-of-trace']],
      }).catch(() => undefined);
      // Node closes the connection of a CONNECT without a listener.
      expect(answer?.status ?? 0).not.toBe(200);
      expect(answer?.raw ?? '').not.toContain('canary-of-trace');
    },
  );
});

describe('a token outside the Authorization header is ignored:', () => {
  const expectUnauthenticated = (answer: RawAnswer) => {
    expect(answer.status).toBe(401);
    expect(answer.header('www-authenticate')).toBe(plainChallenge);
  };

  test.each(['access_token', 'token', 'bearer', 'authorization', 'jwt'])('?%s=', async (name) =>
    expectUnauthenticated(
      await rawRequest(app.appUrl, {
        target: `/mcp?${name}=${token}`,
        headers: common,
        body: request.body,
      }),
    ),
  );

  test('a form body', async () => {
    const answer = await rawRequest(app.appUrl, {
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: `access_token=${token}`,
    });
    expect(answer.status).toBe(401);
  });

  test('a member of the JSON body', async () => {
    const body = JSON.stringify({ ...JSON.parse(request.body), access_token: token, authorization: token });
    expectUnauthenticated(await rawRequest(app.appUrl, { headers: common, body }));
  });

  test.each([
    'Cookie',
    'X-Access-Token',
    'X-Authorization',
    'Proxy-Authorization',
    'X-Forwarded-Access-Token',
  ])('the %s header', async (name) => {
    const value =
      name === 'Cookie' ? `access_token=${token}; authorization=Bearer ${token}` : `Bearer ${token}`;
    expectUnauthenticated(
      await rawRequest(app.appUrl, { headers: [...common, [name, value]], body: request.body }),
    );
  });
});

describe('the Authorization scheme', () => {
  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('%s is accepted', async (scheme) =>
    expect((await send(`${scheme} ${token}`)).status).toBe(200),
  );

  test.each(['Bearer  ', '  Bearer '])('is accepted with spaces around it: %j', async (prefix) =>
    expect((await send(`${prefix}${token}  `)).status).toBe(200),
  );

  test.each([
    ['Basic', () => `Basic ${Buffer.from(`user:${token}`).toString('base64')}`],
    ['DPoP', () => `DPoP ${token}`],
    ['Token', () => `Token ${token}`],
    ['a longer word', () => `BearerX ${token}`],
    ['no scheme', () => token],
    ['MAC before it', () => `MAC Bearer ${token}`],
    ['nothing', () => ''],
  ])('with %s is no bearer token and gets 401 without an error', async (_what, value) => {
    const answer = await send(value());
    expect([answer.status, answer.header('www-authenticate')]).toEqual([401, plainChallenge]);
  });
});

describe('an Authorization header that is not exactly one token', () => {
  const twoHeaders: [string, () => string[]][] = [
    ['two headers, both good', () => [`Bearer ${token}`, `Bearer ${token}`]],
    ['two headers, the first good', () => [`Bearer ${token}`, 'Bearer x']],
    ['two headers, the last good', () => ['Bearer x', `Bearer ${token}`]],
    ['two headers, one of another scheme', () => [`Bearer ${token}`, 'Basic eDp5']],
    ['three headers', () => [`Bearer ${token}`, `Bearer ${token}`, `Bearer ${token}`]],
    ['a list in one header', () => [`Bearer ${token}, Bearer ${token}`]],
    ['parameters after it', () => [`Bearer ${token}, realm="x"`]],
    ['another word after it', () => [`Bearer ${token} x`]],
    ['a quoted token', () => [`Bearer "${token}"`]],
    ['a named token', () => [`Bearer token=${token.slice(0, 20)}=x`]],
    ['no token', () => ['Bearer']],
    ['a tab in it', () => [`Bearer ${token.slice(0, 9)}\t${token.slice(9)}`]],
    ['letters beyond ASCII', () => [`Bearer ${token}\u00e9`]],
    ['an escaped token', () => [`Bearer ${token.replaceAll('.', '%2e')}`]],
  ];
  test.each(twoHeaders)('gets 400 without an echo: %s', async (_what, values) => {
    const answer = await send(...values());
    expect(answer.status).toBe(400);
    expect(answer.header('www-authenticate')).toMatch(/^Bearer error="invalid_request", /);
    expect(answer.raw).not.toContain(token.slice(0, 20));
  });

  test.each([
    ['in lower and upper case', ['authorization', 'AUTHORIZATION']],
    ['in mixed case', ['Authorization', 'aUTHORIZATION']],
  ])('that is sent twice gets 400: %s', async (_what, names) => {
    const lines = names.map((name) => [name, `Bearer ${token}`] as const);
    expect(
      (await rawRequest(app.appUrl, { headers: [...common, ...lines], body: request.body })).status,
    ).toBe(400);
  });
});

describe('a token that is too long', () => {
  test.each([9_000, 12_000, 20_000, 100_000])('is refused without delay: %i bytes', async (length) => {
    const answer = await send(`Bearer ${'a'.repeat(length)}`);
    expect([400, 401, 431]).toContain(answer.status);
    expect(answer.durationMs).toBeLessThan(2_000);
  });

  test('is refused before its key is looked up', async () => {
    const before = app.issuer.requests.length;
    const [, payload, signature] = token.split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'x'.repeat(9_000) })).toString('base64url');
    expect((await send(`Bearer ${head}.${payload}.${signature}`)).status).toBe(401);
    expect(app.issuer.requests.length).toBe(before);
  });
});

describe('a challenge does not echo', () => {
  const EVIL = [
    '"',
    '\\',
    '"evil"',
    'a, realm=evil',
    '\r\nX-Evil: 1',
    '%0d%0aX-Evil:%201',
    '\u0000',
    '\u00e9vil',
  ];

  test.each(EVIL)('%j in the header', async (evil) => {
    const answer = await send(`Bearer ${evil}evil`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.raw.toLowerCase()).not.toContain('evil');
  });

  test.each(EVIL)('%j in a claim or header field of a signed token', async (evil) => {
    for (const claim of ['iss', 'aud', 'sub', 'client_id', 'scope', 'jti'])
      for (const sent of [
        await app.issuer.token({ scope: 'openid profile', [claim]: `${evil}evil` }),
        await app.issuer.token({}, { kid: `${evil}evil` }),
        await app.issuer.token({}, { typ: `${evil}evil` }),
      ]) {
        const { status, headers } = await postMcp(app.appUrl, sent, legacyToolCall('scoped'));
        expect([401, 403]).toContain(status);
        expect([...headers].join('\n').toLowerCase()).not.toContain('evil');
      }
  });
});

test('internal headers of proxies and of the server are ignored in requests of clients', async () => {
  for (const [name, value] of [
    ['x-peer-address', 'forged 10.0.0.1'],
    ['x-middleware-subrequest', 'proxy:proxy:proxy:proxy:proxy'],
    ['x-middleware-next', '1'],
    ['x-middleware-rewrite', `${app.appUrl}/health/live`],
    ['x-middleware-override-headers', 'authorization'],
    ['x-middleware-request-authorization', `Bearer ${token}`],
    ['x-invoke-path', '/health/live'],
    ['x-matched-path', '/health/live'],
    ['x-nextjs-data', '1'],
    ['x-http-method-override', 'GET'],
    ['next-action', 'x'],
  ] as const) {
    const answer = await rawRequest(app.appUrl, { headers: [...common, [name, value]], body: request.body });
    expect([name, answer.status]).toEqual([name, 401]);
  }
  // A header of Next's own router; it answers with a redirect to the same place.
  const answer = await rawRequest(app.appUrl, { headers: [...common, ['rsc', '1']], body: request.body });
  expect([answer.status, answer.header('location')]).toEqual([307, expect.stringMatching(/^\/mcp\?_rsc/)]);
});

describe('request smuggling:', () => {
  test.each([
    [
      'two different lengths',
      [
        ['Content-Length', '5'],
        ['Content-Length', '6'],
      ],
    ],
    [
      'a length and chunks',
      [
        ['Content-Length', '5'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    ['an unknown transfer encoding', [['Transfer-Encoding', 'xchunked']]],
    ['chunked that is not last', [['Transfer-Encoding', 'chunked, identity']]],
    ['a length with a sign', [['Content-Length', '+5']]],
    ['a space before the colon', [['Content-Length ', '5']]],
    [
      'a folded header',
      [
        ['X-Folded', 'a\r\n b'],
        ['Content-Length', '5'],
      ],
    ],
  ] as const)('%s is refused before the request reaches the app', async (_what, lines) => {
    const answer = await rawRequest(app.appUrl, {
      headers: [...common, ['Authorization', `Bearer ${token}`], ...lines],
      body: 'hello',
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).not.toContain('user_ada');
  });
});
