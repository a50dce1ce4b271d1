import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { authenticate, recognise } from '#lib/mcp/authenticate.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';

let issuer: TestIssuer;
let long: () => Promise<string>;
const keysFetched = () => issuer.requests.filter((path) => path === '/oauth2/jwks').length;

beforeAll(async () => {
  issuer = await startIssuer();
  const now = Math.floor(Date.now() / 1000);
  long = () => issuer.token({ iat: now, exp: now + 3600 });
  // The first token has the keys fetched.
  await authenticate(await long(), issuer.config);
});

afterAll(async () => {
  vi.useRealTimers();
  await issuer.close();
});

it('a token that was verified is recognised, another one is not', async () => {
  const [token, other] = [await long(), await long()];
  expect(recognise(token)).toBeUndefined();
  const caller = await authenticate(token, issuer.config);
  expect(recognise(token)).toEqual(caller);
  expect(recognise(other)).toBeUndefined();
  expect(recognise(token, new Date(caller.expiresAt * 1000))).toBeUndefined();
});

it('nothing is recognised by keys that have to be fetched again, and all of it once they turn out to be the same', async () => {
  const [token, another] = [await long(), await long()];
  const caller = await authenticate(token, issuer.config);
  const before = keysFetched();
  vi.useFakeTimers({ now: Date.now() + 601_000, toFake: ['Date'] });
  expect(recognise(token)).toBeUndefined();
  await authenticate(another, issuer.config);
  expect(keysFetched()).toBe(before + 1);
  expect(recognise(token)).toEqual(caller);
});

it('a key set that is replaced while a token is verified does not vouch for that token', async () => {
  const token = await long();
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const verify = crypto.subtle.verify.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'verify').mockImplementationOnce(async (...signature) => {
    reached.resolve();
    await goOn.promise;
    return verify(...signature);
  });
  const verifying = authenticate(token, issuer.config);
  await reached.promise;
  await issuer.rotate(false);
  vi.setSystemTime(Date.now() + 11_000);
  await authenticate(await long(), issuer.config);
  goOn.resolve();
  await verifying;
  expect(recognise(token)).toBeUndefined();
  await expect(authenticate(token, issuer.config)).rejects.toThrow();
});
