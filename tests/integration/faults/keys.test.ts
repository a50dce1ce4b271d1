import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedByIssuer } from '#tests/support/forged-token.ts';
import { postMcp } from '#tests/support/mcp-request.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

type Listener = Parameters<TrustingApp['issuer']['answerWith']>[0];

const FAILURES: [string, Listener][] = [
  ['closes the connection', (request) => request.socket.destroy()],
  ['answers 500', (_request, response) => response.writeHead(500).end('{}')],
  ['answers with a page', (_request, response) => response.writeHead(200).end('<!doctype html><p>Hello')],
  ['answers with no keys', (_request, response) => response.writeHead(200).end('{"keys":[]}')],
  ['answers with an empty body', (_request, response) => response.writeHead(200).end()],
  ['redirects', (_request, response) => response.writeHead(302, { location: 'https://evil.example/' }).end()],
];

describe('while the keys of the issuer have never been fetched', () => {
  let app: TrustingApp;
  const call = async () => postMcp(app.appUrl, await app.issuer.token());
  beforeAll(async () => {
    app = await startTrustingApp({}, { prepare: (issuer) => issuer.answerWith(FAILURES[0]?.[1]) });
  });
  afterAll(() => app?.stop());

  test('a valid token gets 503 with retry-after, never 401', async () => {
    const response = await call();
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([503, null]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.text()).not.toMatch(/jwks|localhost|ECONN|stack/i);
  });

  test('fifty concurrent callers share the fetches of the keys', async () => {
    const before = app.issuer.requests.length;
    const started = performance.now();
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await call()).status));
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(app.issuer.requests.length - before).toBeLessThanOrEqual(3);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  test.each(FAILURES.slice(1, 3))('an issuer that %s leads to 503', async (_what, listener) => {
    app.issuer.answerWith(listener);
    expect((await call()).status).toBe(503);
  });

  test('a token that is invalid without the keys gets 401', async () => {
    const response = await postMcp(
      app.appUrl,
      signedByIssuer(app.issuer, { alg: 'none' }, app.issuer.claims()),
    );
    expect(response.status).toBe(401);
  });

  test('a valid token is served when the keys are back, without a restart', async () => {
    app.issuer.answerWith(undefined);
    await expect.poll(async () => (await call()).status, { timeout: 20_000 }).toBe(200);
  });
});

describe('after the keys were fetched', () => {
  let app: TrustingApp;
  const call = async (token?: string) =>
    (await postMcp(app.appUrl, token ?? (await app.issuer.token()))).status;
  beforeAll(async () => {
    app = await startTrustingApp();
    expect(await call()).toBe(200);
  });
  afterAll(() => app?.stop());

  test.each([...FAILURES, ['hangs', () => undefined] as const])(
    'an issuer that %s does not affect valid tokens, even when others send unknown keys',
    async (_what, listener) => {
      app.issuer.answerWith(listener);
      const unknown = signedByIssuer(
        app.issuer,
        { kid: `unknown-${crypto.randomUUID()}` },
        app.issuer.claims(),
      );
      const [unknownKey, validToken] = await Promise.all([call(unknown), call()]);
      expect([401, 503]).toContain(unknownKey);
      expect(validToken).toBe(200);
      expect(await call()).toBe(200);
      app.issuer.answerWith(undefined);
    },
    15_000,
  );

  test('the old key and the new key are accepted while both are published', async () => {
    const old = await app.issuer.token();
    const oldKey = await app.issuer.token({ sub: 'user_old_key' });
    await app.issuer.rotate();
    // The new key is looked for at most every ten seconds, or when a break is over.
    await expect.poll(() => call(), { timeout: 25_000, interval: 250 }).toBe(200);
    expect(await call(old)).toBe(200);
    expect(await call(oldKey)).toBe(200);
  });
});
