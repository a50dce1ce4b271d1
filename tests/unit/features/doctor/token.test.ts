import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { checkToken } from '#features/doctor/token.ts';
import { parseConfig } from '#lib/config/env.ts';

const ISSUER = 'https://tenant.authkit.app';
const RESOURCE = 'https://app.example.com/mcp';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const GOOD = { iss: ISSUER, aud: RESOURCE, sub: 'user_1', iat: 1_000, exp: 1_300 };

const token = (claims: Record<string, unknown>) =>
  new SignJWT({ ...GOOD, ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);

describe('a token given to the doctor', () => {
  const config = parseConfig({
    APP_URL: 'https://app.example.com',
    AUTHKIT_DOMAIN: ISSUER,
    WORKOS_API_KEY: 'sk_test',
    WORKOS_CLIENT_ID: 'client_test',
    WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
    DATABASE_URL: 'postgres://nobody@db.example.com/x',
  });
  const check = (text: string) => checkToken(config, text, 1_100);
  const ids = (text: string) => check(text).map(({ id }) => id);

  test('is checked against the configuration', async () => {
    expect(ids(await token({}))).toEqual([]);
    expect(ids(await token({ aud: 'client_01ABC' }))).toEqual(['token-audience']);
    expect(ids(await token({ iss: 'https://api.workos.com/' }))).toEqual(['token-issuer']);
    expect(ids(await token({ exp: 1_050 }))).toEqual(['token-expired']);
    expect(ids('not a token')).toEqual(['token-not-jwt']);
  });

  test('with another algorithm and without an expiry has a finding that names alg and one that names exp', async () => {
    const { exp, ...claims } = GOOD;
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
    expect(check(symmetric)).toMatchObject([
      { id: 'token-algorithm', severity: 'error', observed: 'alg is HS256.' },
      { id: 'token-claims-missing', severity: 'error', observed: 'Missing or of the wrong type: exp.' },
    ]);
  });
});
