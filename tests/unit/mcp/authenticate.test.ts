import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cachedCaller, verifyToken } from '#lib/mcp/authenticate.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';

let issuer: TestIssuer;
let long: () => Promise<string>;
const keysFetched = () => issuer.requests.filter((path) => path === '/oauth2/jwks').length;

beforeAll(async () => {
  issuer = await startIssuer();
  const now = Math.floor(Date.now() / 1000);
  long = () => issuer.token({ iat: now, exp: now + 3600 });
  // The first token makes the endpoint fetch the keys.
  await verifyToken(await long(), issuer.config);
});

afterAll(async () => {
  vi.useRealTimers();
  await issuer.close();
});

it('the caller of a verified token is cached until the token expires, and no other', async () => {
  const [token, other] = [await long(), await long()];
  expect(cachedCaller(token)).toBeUndefined();
  const caller = await verifyToken(token, issuer.config);
  expect(cachedCaller(token)).toEqual(caller);
  expect(cachedCaller(other)).toBeUndefined();
  expect(cachedCaller(token, new Date(caller.expiresAt * 1000))).toBeUndefined();
});

it('cached callers are not used while the keys are stale, and are used again when the same keys were fetched', async () => {
  const [token, another] = [await long(), await long()];
  const caller = await verifyToken(token, issuer.config);
  const before = keysFetched();
  vi.useFakeTimers({ now: Date.now() + 601_000, toFake: ['Date'] });
  expect(cachedCaller(token)).toBeUndefined();
  await verifyToken(another, issuer.config);
  expect(keysFetched()).toBe(before + 1);
  expect(cachedCaller(token)).toEqual(caller);
});

it('a token by a key that is not known yet is accepted when the keys may be fetched again', async () => {
  await issuer.rotate();
  const token = await long();
  await expect(verifyToken(token, issuer.config)).rejects.toThrow('unknown_key');
  vi.useFakeTimers({ now: Date.now() + 11_000, toFake: ['Date'] });
  expect(await verifyToken(token, issuer.config)).toMatchObject({ subject: expect.any(String) });
});

it('a key set that is replaced while it verifies a token does not cache its caller', async () => {
  const token = await long();
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const verify = crypto.subtle.verify.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'verify').mockImplementationOnce(async (...signature) => {
    reached.resolve();
    await goOn.promise;
    return verify(...signature);
  });
  const verifying = verifyToken(token, issuer.config);
  await reached.promise;
  await issuer.rotate(false);
  vi.setSystemTime(Date.now() + 11_000);
  await verifyToken(await long(), issuer.config);
  goOn.resolve();
  await verifying;
  expect(cachedCaller(token)).toBeUndefined();
  await expect(verifyToken(token, issuer.config)).rejects.toThrow();
});
