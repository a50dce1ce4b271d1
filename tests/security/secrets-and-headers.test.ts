import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OAUTH_CALLBACK_PATHS } from '#lib/config/pages.ts';
import { APP_UNDER_TEST } from '#tests/support/app-under-test.ts';
import { mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { openPages } from '#tests/support/page-session.ts';
import { rawRequest } from '#tests/support/raw-http.ts';
import { PAGE_PATHS, ROUTE_PATHS } from '#tests/support/routes.ts';
import { startTrustingAppOnPostgres, type TrustingAppOnPostgres } from '#tests/support/trusting-app.ts';

const SECRETS = {
  WORKOS_API_KEY: 'sk_test_canaryApiKey4711',
  WORKOS_COOKIE_PASSWORD: 'canaryCookiePassword-0123456789-abcdef',
};

let app: TrustingAppOnPostgres;
/** Every answer that this file got, headers and body. */
const answers: string[] = [];

beforeAll(async () => {
  app = await startTrustingAppOnPostgres(SECRETS);
});
afterAll(() => app?.stop());

async function keep(response: Promise<Response>): Promise<Response> {
  const answer = await response;
  answers.push(`${[...answer.headers].join('\n')}\n${await answer.clone().text()}`);
  return answer;
}

const PATHS = [
  ...PAGE_PATHS,
  ...ROUTE_PATHS,
  '/nothing-here',
  '/nothing.png',
  '/callback?error=access_denied',
  '/mcp/',
  '/.well-known/nothing',
  '/oauth/nothing',
  '/logo.png',
  '/_next/static/nothing.js',
  '/%',
];

describe('every response', () => {
  test.each(PATHS)('%s has headers against sniffing, framing and foreign scripts', async (path) => {
    for (const method of ['GET', 'POST']) {
      const { header, status } = await rawRequest(app.appUrl, { method, target: path });
      expect(status).toBeLessThan(500);
      expect(header('x-content-type-options')).toBe('nosniff');
      expect(header('x-frame-options')).toBe('DENY');
      expect(header('referrer-policy')).toBe('same-origin');
      expect(header('x-powered-by')).toBeUndefined();
      const policy = header('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe-(inline|eval)/);
    }
  });

  const [chunk = ''] = globSync('static/chunks/*.js', { cwd: `${APP_UNDER_TEST}/.next` });
  const built = `/_next/${chunk}`;
  test.each(['/logo.png', '/lo%67o.png', '/logo.png?x', '//logo.png', '/icon.svg', built])(
    'the file %s is served for GET and HEAD only',
    async (target) => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
        const { status, body } = await rawRequest(app.appUrl, { method, target, body: 'x=1' });
        expect([method, status]).toEqual([method, 404]);
        expect(body).toBe('Not Found');
      }
      const [path] = target.replace('//', '/').split('?');
      for (const method of ['GET', 'HEAD'])
        expect((await rawRequest(app.appUrl, { method, target: path })).status).toBe(200);
    },
  );

  // The redirect of a slash at the end is made before anything that knows of https; the page after it says it.
  test.each(PATHS.filter((path) => path !== '/mcp/'))(
    'GET %s has HSTS over https and not over http',
    async (path) => {
      const ask = (headers: [string, string][]) =>
        rawRequest(app.appUrl, { method: 'GET', target: path, headers });
      expect((await ask([['X-Forwarded-Proto', 'https']])).header('strict-transport-security')).toMatch(
        /^max-age=\d{8}/,
      );
      expect((await ask([])).header('strict-transport-security')).toBeUndefined();
    },
  );

  test('shows no stack, file or internal name', async () => {
    for (const path of PATHS)
      expect((await rawRequest(app.appUrl, { method: 'GET', target: path })).body).not.toMatch(
        /node_modules|at \S+ \(.*:\d+:\d+\)|webpack-internal|\/work\/|postgres:\/\//,
      );
  });
});

describe('a secret', () => {
  const canaries = {
    code: 'canaryCode4711abcdef',
    state: 'canaryState4711abcdef',
    verifier: 'canaryVerifier4711abcdefabcdefabcdefabcdefabcdef',
    cookie: 'canaryCookie4711abcdef',
    basic: 'canaryBasic4711abcdef',
    query: 'canaryQueryToken4711abcdef',
    refresh: 'canaryRefresh4711abcdef',
  };

  test('sent to every route, in a right and in a wrong place, is in no log, page, error or database row', async () => {
    const { appUrl, issuer } = app;
    const jti = 'canaryJti4711abcdef';
    const good = await issuer.token({ jti, client_id: 'https://canary.example/id.json', sub: 'user_canary' });
    const expired = await issuer.token({ jti, exp: Math.floor(Date.now() / 1000) - 60 });
    const foreign = await issuer.token({ jti, aud: 'https://other.example/mcp' });
    const edited = `${good.slice(0, -8)}AAAAAAAA`;
    const unknownKey = await issuer.token({ jti }, { kid: 'unknown' });
    const tokens = { good, expired, foreign, edited, unknownKey };

    for (const token of Object.values(tokens)) {
      for (const request of [
        toolCall('identity'),
        toolCall('nothing'),
        toolCall('scoped'),
        mcpMessage('x/y'),
      ])
        await keep(postMcp(appUrl, token, request));
      await keep(postMcp(appUrl, token, { ...toolCall('identity'), body: '{' }));
      await keep(postMcp(appUrl, `${token} ${token}`));
      await keep(
        postMcp(appUrl, token, toolCall('identity'), { headers: { origin: 'https://evil.example' } }),
      );
      await keep(fetch(`${appUrl}/mcp?access_token=${token}`, { headers: { cookie: `token=${token}` } }));
    }
    const { code, state, verifier, cookie, basic, query, refresh } = canaries;
    await keep(
      postMcp(appUrl, undefined, toolCall('identity'), { headers: { authorization: `Basic ${basic}` } }),
    );
    await keep(fetch(`${appUrl}/.well-known/oauth-protected-resource?access_token=${query}`));
    const pages = openPages(appUrl);
    for (const path of [
      `/callback?code=${code}&state=${state}`,
      `/callback?error=${code}&error_description=${code}&state=${state}`,
      ...OAUTH_CALLBACK_PATHS.map((path) => `${path}?code=${code}&state=${state}`),
    ]) {
      const response = await keep(pages.request(path, { headers: { cookie: `wos-session=${cookie}` } }));
      const location = response.headers.get('location');
      if (location?.startsWith(appUrl)) await keep(pages.request(location));
    }
    for (const path of [...PAGE_PATHS, ...ROUTE_PATHS])
      await keep(
        fetch(`${appUrl}${path}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { origin: appUrl, 'content-type': 'application/json', cookie: `wos-session=${cookie}` },
          body: JSON.stringify({
            code,
            code_verifier: verifier,
            refresh_token: refresh,
            client_secret: basic,
          }),
        }),
      );
    // The database goes away in the middle of it: error paths write too.
    await app.postgres.stop();
    await expect.poll(async () => (await keep(postMcp(appUrl, good))).status, { timeout: 10_000 }).toBe(503);
    for (const path of PAGE_PATHS)
      await keep(
        fetch(`${appUrl}${path}`, { headers: { cookie: `wos-session=${cookie}` }, redirect: 'manual' }),
      );
    await app.postgres.start();
    await expect.poll(async () => (await keep(postMcp(appUrl, good))).status, { timeout: 15_000 }).toBe(200);
    await expect
      .poll(async () => (await app.query('select 1 from activity')).length, { timeout: 10_000 })
      .toBeGreaterThan(3);

    const signatures = Object.values(tokens).flatMap((token) => token.split('.').slice(1));
    const forbidden = [
      ...Object.values(SECRETS),
      ...Object.values(canaries),
      ...signatures,
      new URL(app.databaseUrl).password,
    ];
    const tables = await app.query(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    const rows = await Promise.all(
      tables.map(async ({ name }) => JSON.stringify(await app.query(`select * from "${name}"`))),
    );
    const places = { logs: app.logs(), answers: answers.join('\n'), rows: rows.join('\n') };
    // What is searched is really there.
    expect(places.logs).toContain('mcp.token_rejected');
    expect(places.rows).toContain('https://canary.example/id.json');
    expect(places.answers).toContain('user_canary');
    for (const [place, text] of Object.entries(places))
      for (const secret of forbidden.filter((value) => value.length > 8))
        expect(text.includes(secret), `${secret.slice(0, 24)} in ${place}`).toBe(false);
  }, 60_000);
});
