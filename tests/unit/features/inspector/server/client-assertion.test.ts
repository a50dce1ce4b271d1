import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { clientAssertion } from '#features/inspector/server/sign-in/client-assertion.ts';
import { clientKey } from '#lib/cimd/client-key.ts';

test('a client assertion names the client, its key and one audience, and is valid for one minute', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = clientKey({
    client: { privateKey: pem, contacts: [], policyUri: undefined, tosUri: undefined },
  });
  if (key === undefined) throw new Error('There is a key');
  const clientId = 'https://app.example.com/oauth/client-metadata.json';
  const audience = 'https://as.example.com';
  const assertion = await clientAssertion(key, { clientId, audience, now: 1_700_000_000_000 });
  const keys = createLocalJWKSet({ keys: [key.publicJwk as never] });
  const { payload, protectedHeader } = await jwtVerify(assertion, keys, {
    audience,
    currentDate: new Date(1_700_000_010_000),
  });
  expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: key.keyId });
  expect(payload).toMatchObject({ iss: clientId, sub: clientId, iat: 1_700_000_000, exp: 1_700_000_060 });
  expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
});
