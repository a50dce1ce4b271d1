import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IssuerKeys, remoteKeys } from '#lib/oauth/jwks.ts';
import { fetchEarly } from '#lib/oauth/key-set.ts';
import { AccessTokenRejectedError } from '#lib/oauth/rejection.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

type Key = { kid: string; jwk: JWK; sign: () => Promise<string> };

async function key(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256' };
  return { kid, jwk, sign: () => new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey) };
}

let first: Key;
let second: Key;
let server: Server | undefined;

beforeAll(async () => {
  // The log reads its format from the configuration.
  stubConfiguration();
  first = await key('first');
  second = await key('second');
});

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A JWKS endpoint that counts its requests. */
async function issuer(answer: RequestListener): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  server = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => asked };
}

const keySetOf = ({ jwk }: Key) => JSON.stringify({ keys: [jwk] });

async function outcome(verifying: Promise<unknown>): Promise<string> {
  return verifying.then(
    () => 'verified',
    (error: unknown) =>
      error instanceof AccessTokenRejectedError ? error.rejection.reason : (error as { code: string }).code,
  );
}

describe('a key set that cannot be fetched', () => {
  it.each<[string, RequestListener]>([
    ['an error page', (_request, response) => response.writeHead(500).end(keySetOf(first))],
    ['HTML', (_request, response) => response.end('<html>')],
    ['no keys', (_request, response) => response.end('{"keys":[]}')],
    [
      'a redirect',
      ({ url }, response) =>
        url === '/keys'
          ? response.end(keySetOf(first))
          : response.writeHead(302, { location: '/keys' }).end(),
    ],
    ['megabytes', (_request, response) => response.end(keySetOf(first).padEnd(70_000))],
  ])('is unavailable and is not requested again for every token: %s', async (_name, answer) => {
    const { url, asked } = await issuer(answer);
    let now = 1_000;
    const { lookup: keys } = remoteKeys(url, () => now);
    const token = await first.sign();
    const attempts = await Promise.all(Array.from({ length: 20 }, () => outcome(jwtVerify(token, keys))));
    for (let i = 0; i < 20; i++) attempts.push(await outcome(jwtVerify(token, keys)));
    expect(new Set(attempts)).toEqual(new Set(['keys_unavailable']));
    expect(asked()).toBe(1);
    now += 600;
    await outcome(jwtVerify(token, keys));
    expect(asked()).toBe(2);
  });

  it('is used again after the breaker closes', async () => {
    let up = false;
    const { url } = await issuer((_request, response) => {
      if (up) response.end(JSON.stringify({ keys: [first.jwk] }));
      else response.writeHead(503).end();
    });
    let now = 1_000;
    const { lookup: keys } = remoteKeys(url, () => now);
    const token = await first.sign();
    expect(await outcome(jwtVerify(token, keys))).toBe('keys_unavailable');
    up = true;
    expect(await outcome(jwtVerify(token, keys))).toBe('keys_unavailable');
    now += 600;
    expect(await outcome(jwtVerify(token, keys))).toBe('verified');
  });
});

describe('a rotated key set', () => {
  it('verifies with the old and the new key while both are published', async () => {
    const { url } = await issuer((_request, response) =>
      response.end(JSON.stringify({ keys: [first.jwk, second.jwk] })),
    );
    const { lookup: keys } = remoteKeys(url);
    expect(await outcome(jwtVerify(await first.sign(), keys))).toBe('verified');
    expect(await outcome(jwtVerify(await second.sign(), keys))).toBe('verified');
  });

  it('is not fetched for every token with an unknown kid', async () => {
    const { url, asked } = await issuer((_request, response) =>
      response.end(JSON.stringify({ keys: [first.jwk] })),
    );
    const { lookup: keys } = remoteKeys(url);
    for (let i = 0; i < 20; i++)
      expect(await outcome(jwtVerify(await second.sign(), keys))).toBe('ERR_JWKS_NO_MATCHING_KEY');
    expect(asked()).toBe(1);
  });
});

describe('a cached key set of an unavailable issuer', () => {
  it('still verifies its tokens after a token with an unknown kid', async () => {
    let up = true;
    const { url, asked } = await issuer((_request, response) => {
      if (up) response.end(JSON.stringify({ keys: [first.jwk] }));
      else response.writeHead(503).end();
    });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { lookup: keys } = remoteKeys(url);
      const [good, unknown] = await Promise.all([first.sign(), second.sign()]);
      expect(await outcome(jwtVerify(good, keys))).toBe('verified');
      up = false;
      // After the cooldown, so that the unknown key causes a fetch.
      vi.setSystemTime(Date.now() + 11_000);
      expect(await outcome(jwtVerify(unknown, keys))).toBe('keys_unavailable');
      expect(asked()).toBe(2);
      expect(await outcome(jwtVerify(good, keys))).toBe('verified');
      expect(await outcome(jwtVerify(unknown, keys))).toBe('keys_unavailable');
      expect(asked()).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a key set that grows old', () => {
  const MINUTE_MS = 60_000;
  const PATIENT = { timeout: 30_000 };
  let answer: RequestListener;
  let asked: () => number;
  let keys: IssuerKeys;
  let token: string;

  const works: RequestListener = (_request, response) => response.end(JSON.stringify({ keys: [first.jwk] }));
  const fails: RequestListener = (_request, response) => response.writeHead(503).end();
  const hangs: RequestListener = () => undefined;
  const at = (minutes: number) => vi.setSystemTime(minutes * MINUTE_MS);
  const call = () => outcome(jwtVerify(token, keys.lookup, { currentDate: new Date() }));

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    answer = works;
    const { url, asked: count } = await issuer((request, response) => answer(request, response));
    asked = count;
    keys = remoteKeys(url);
    token = await first.sign();
    expect(await call()).toBe('verified');
  });
  afterEach(() => vi.useRealTimers());

  it('is fetched again before it is due, and no call waits for that', async () => {
    at(7);
    expect(await call()).toBe('verified');
    expect(asked()).toBe(1);
    const release: (() => void)[] = [];
    answer = (request, response) => release.push(() => works(request, response));
    at(9);
    expect(await call()).toBe('verified');
    expect(keys.currentKeySet()).toBeDefined();
    await expect.poll(asked, PATIENT).toBe(2);
    for (const respond of release) respond();
    await expect
      .poll(() => {
        at(10.1);
        return keys.currentKeySet();
      }, PATIENT)
      .toBeDefined();
    answer = fails;
    expect(await call()).toBe('verified');
  });

  it.each([
    ['fails', fails],
    ['hangs', hangs],
    ['closes the connection', ((request) => request.socket.destroy()) satisfies RequestListener],
  ])('is used for an hour while the issuer %s, and not longer', async (_how, listener) => {
    answer = listener;
    at(9);
    expect(await call()).toBe('verified');
    // The fetch in the background has failed.
    await expect
      .poll(() => {
        at(10.1);
        return keys.currentKeySet();
      }, PATIENT)
      .toBeDefined();
    for (const minutes of [10.1, 30, 59]) {
      at(minutes);
      expect(await call()).toBe('verified');
    }
    at(60.1);
    expect(await call()).toBe('keys_unavailable');
    expect(keys.currentKeySet()).toBeUndefined();
    answer = works;
    at(61);
    expect(await call()).toBe('verified');
  });

  it('is not used when it is due and the issuer answers: a withdrawn key stops working', async () => {
    answer = (_request, response) => response.end(JSON.stringify({ keys: [second.jwk] }));
    at(10.1);
    expect(keys.currentKeySet()).toBeUndefined();
    expect(await call()).toBe('ERR_JWKS_NO_MATCHING_KEY');
  });
});

describe('a key set that was fetched early', () => {
  it('is used by the first call, which fetches nothing', async () => {
    const { url, asked } = await issuer((_request, response) => response.end(keySetOf(first)));
    fetchEarly(url);
    await expect.poll(asked).toBe(1);
    expect(await outcome(jwtVerify(await first.sign(), remoteKeys(url).lookup))).toBe('verified');
    expect(asked()).toBe(1);
  });

  it('is fetched again when that failed', async () => {
    let status = 500;
    const { url, asked } = await issuer((_request, response) =>
      response.writeHead(status).end(keySetOf(first)),
    );
    fetchEarly(url);
    await expect.poll(asked).toBe(1);
    status = 200;
    expect(await outcome(jwtVerify(await first.sign(), remoteKeys(url).lookup))).toBe('verified');
    expect(asked()).toBe(2);
  });
});
