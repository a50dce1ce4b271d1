import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { InspectorContext } from '#features/inspector/server/context.ts';
import { keepRenewedTokens, refreshSession } from '#features/inspector/server/server-access.ts';
import { readSession, writeSession } from '#features/inspector/server/session.ts';
import type { Session } from '#features/inspector/server/sign-in/flow.ts';
import { parseConfig } from '#lib/config/env.ts';
import { openDatabase } from '#lib/db/connection.ts';
import type { OpenDatabase } from '#lib/db/database.ts';
import {
  DOCUMENT_CLIENT,
  ISSUER,
  SERVER,
  targetWith,
} from '#tests/security/features/inspector/hostile-server.ts';
import { startFakeInternet } from '#tests/support/fake-internet.ts';
import { callServer } from '../call.ts';
import { context as loopback } from './calls.ts';

const config = parseConfig({
  APP_URL: 'https://app.example.com',
  AUTHKIT_DOMAIN: 'https://tenant.authkit.app',
  WORKOS_API_KEY: 'sk_test',
  WORKOS_CLIENT_ID: 'client_test',
  WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
  DATABASE_URL: 'postgres://user@db.example.com/x',
});
/** An authorization server that rotates refresh tokens and takes a second use for theft, and a server behind it. */
const issuer = {
  refreshToken: '',
  accessToken: '',
  refreshes: 0,
  failures: 0,
  rotates: true,
  /** Runs before the server answers. */
  meanwhile: undefined as (() => Promise<unknown>) | undefined,
};
let signIns = 0;
/** The `refresh`-th token of this test; 0 is that of the sign-in. */
const token = (kind: 'access' | 'refresh', refresh: number) => `${kind}-${signIns}-${refresh}`;
let internet: Awaited<ReturnType<typeof startFakeInternet>>;
let database: OpenDatabase;

beforeAll(async () => {
  database = await openDatabase({ kind: 'pglite', directory: 'memory://' });
  internet = await startFakeInternet(
    [new URL(SERVER).hostname, new URL(ISSUER).hostname],
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const json = (status: number, body: object, headers = {}) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(body));
      if (request.headers.host === new URL(SERVER).hostname) {
        if (request.headers.authorization !== `Bearer ${issuer.accessToken}`)
          return json(401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' });
        await issuer.meanwhile?.();
        return json(403, {}, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="mail"' });
      }
      const sent = new URLSearchParams(Buffer.concat(chunks).toString()).get('refresh_token');
      if (issuer.failures-- > 0) return json(503, { error: 'temporarily_unavailable' });
      issuer.refreshes += 1;
      if (sent !== issuer.refreshToken) {
        issuer.refreshToken = 'revoked';
        return json(400, { error: 'invalid_grant' });
      }
      issuer.accessToken = token('access', issuer.refreshes);
      if (issuer.rotates) issuer.refreshToken = token('refresh', issuer.refreshes);
      json(200, {
        access_token: issuer.accessToken,
        refresh_token: issuer.refreshToken,
        token_type: 'Bearer',
        expires_in: 300,
      });
    },
  );
});
afterAll(async () => {
  await internet.close();
  await database.close();
});
beforeEach(() => {
  signIns += 1;
  Object.assign(issuer, {
    refreshToken: token('refresh', 0),
    accessToken: token('access', 0),
    refreshes: 0,
    failures: 0,
    rotates: true,
    meanwhile: undefined,
  });
});

/** Cookies as one request carries them. `deleted` is whether the response deletes any. */
class Cookies {
  deleted = false;
  readonly values: Map<string, string>;
  constructor(values: ReadonlyMap<string, string> = new Map()) {
    this.values = new Map(values);
  }
  get = (name: string) => {
    const value = this.values.get(name);
    return value === undefined ? undefined : { name, value };
  };
  getAll = () => [...this.values].map(([name, value]) => ({ name, value }));
  has = (name: string) => this.values.has(name);
  set = (name: string, value: string, { maxAge }: { maxAge?: number }) => {
    if (maxAge !== 0) this.values.set(name, value);
    else this.deleted = this.values.delete(name);
  };
}

function contextWith(cookies: Cookies): InspectorContext {
  return {
    config,
    fetch: internet.fetch,
    database: async () => database.db,
    user: loopback.user,
    cookies: cookies as unknown as InspectorContext['cookies'],
  };
}

/** A signed-in browser. Each `request()` carries its cookies of now, as a request of a tab does. */
async function browser(change: Partial<Session['tokens']> = {}) {
  const cookies = new Cookies();
  await writeSession(contextWith(cookies), {
    target: targetWith(),
    client: DOCUMENT_CLIENT,
    requested: ['openid'],
    tokens: { accessToken: issuer.accessToken, refreshToken: issuer.refreshToken, ...change },
  });
  return { request: () => new Cookies(cookies.values) };
}

const tokensIn = async (cookies: Cookies) => (await readSession(contextWith(cookies), SERVER))?.tokens;
/** The server answers every request with `insufficient_scope`. */
const list = async (cookies: Cookies) => (await callServer(contextWith(cookies), { server: SERVER })).outcome;
const refresh = (cookies: Cookies) => refreshSession(contextWith(cookies), SERVER);

test('tabs that refresh at the same time send the refresh token once, and all get the new tokens', async () => {
  const { request } = await browser();
  const tabs = [request(), request(), request()];
  const answers = await Promise.all(tabs.map((tab) => refresh(tab)));
  expect(answers.flatMap(({ findings }) => findings)).toEqual([]);
  expect(issuer.refreshes).toBe(1);
  for (const tab of tabs)
    expect(await tokensIn(tab)).toMatchObject({
      accessToken: token('access', 1),
      refreshToken: token('refresh', 1),
    });
});

test('a request that carries the cookies of before a refresh gets the tokens of that refresh', async () => {
  const { request } = await browser();
  const late = request();
  await refresh(request());
  expect((await refresh(late)).findings).toEqual([]);
  expect(await tokensIn(late)).toMatchObject({ refreshToken: token('refresh', 1) });
  await refresh(late);
  expect(await tokensIn(late)).toMatchObject({ refreshToken: token('refresh', 2) });
  expect(issuer.refreshes).toBe(2);
});

test('calls of several tabs with an expired token refresh it once, and no tab is signed out', async () => {
  const { request } = await browser({ expiresAt: Date.now() - 1 });
  const tabs = [request(), request(), request()];
  const answers = await Promise.all(tabs.map(list));
  expect(answers.map(({ stepUp }) => stepUp?.needed)).toEqual([['mail'], ['mail'], ['mail']]);
  expect(issuer.refreshes).toBe(1);
  for (const tab of tabs) expect(await tokensIn(tab)).toMatchObject({ refreshToken: token('refresh', 1) });
});

test('a slow call does not put the tokens of before a refresh back', async () => {
  const { request } = await browser();
  const slow = request();
  issuer.meanwhile = () => refresh(request());
  expect((await list(slow)).stepUp?.needed).toEqual(['mail']);
  await keepRenewedTokens(contextWith(slow), SERVER);
  expect(await tokensIn(slow)).toMatchObject({ refreshToken: token('refresh', 1) });
});

test('a refused refresh token ends the session in every tab', async () => {
  const { request } = await browser({ refreshToken: 'stolen' });
  const tabs = [request(), request()];
  const answers = await Promise.all(tabs.map((tab) => refresh(tab)));
  for (const { findings } of answers) expect(findings.map(({ id }) => id)).toEqual(['refresh-refused']);
  expect(issuer.refreshes).toBe(1);
  for (const tab of tabs) expect(await tokensIn(tab)).toBeUndefined();
});

test('a refresh that got no usable answer neither ends the session nor blocks the next attempt', async () => {
  const { request } = await browser({ expiresAt: Date.now() - 1 });
  const tab = request();
  issuer.failures = 1;
  expect((await list(tab)).findings.map(({ id }) => id)).toEqual(['token-refused']);
  expect(tab.deleted).toBe(false);
  expect((await refresh(tab)).findings).toEqual([]);
  expect(await tokensIn(tab)).toMatchObject({ refreshToken: token('refresh', 1) });
});

test('a refresh token that is not rotated can be used again', async () => {
  issuer.rotates = false;
  const { request } = await browser();
  const tab = request();
  for (const accessToken of [token('access', 1), token('access', 2)]) {
    await refresh(tab);
    expect(await tokensIn(tab)).toMatchObject({ accessToken });
  }
});

test('tokens that wait for other tabs are encrypted in the database', async () => {
  const { request } = await browser();
  await refresh(request());
  const stored = JSON.stringify(await database.db.execute('select * from inspector_refreshes'));
  for (const secret of [token('access', 1), token('refresh', 1), token('refresh', 0)])
    expect(stored).not.toContain(secret);
});

test('tokens that a call refreshed on its way are kept when the page asks for it', async () => {
  const { request } = await browser();
  const tab = request();
  issuer.accessToken = 'another-token';
  expect(await list(tab)).toMatchObject({ renewed: true, stepUp: { needed: ['mail'] } });
  await keepRenewedTokens(contextWith(tab), SERVER);
  expect(await tokensIn(tab)).toMatchObject({ refreshToken: token('refresh', 1) });
});
