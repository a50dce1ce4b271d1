import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { tokenAgainst } from '#features/doctor/token.ts';
import { parseConfig } from '#lib/config/env.ts';

const ISSUER = 'https://tenant.authkit.app';
const RESOURCE = 'https://app.example.com/mcp';
const key = new Uint8Array(32);

const token = (claims: Record<string, unknown>) =>
  new SignJWT({ iss: ISSUER, aud: RESOURCE, iat: 1_000, exp: 1_300, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(key);

describe('a token given to the doctor', () => {
  const config = parseConfig({
    APP_URL: 'https://app.example.com',
    AUTHKIT_DOMAIN: ISSUER,
    WORKOS_API_KEY: 'sk_test',
    WORKOS_CLIENT_ID: 'client_test',
    WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
    DATABASE_URL: 'postgres://nobody@db.example.com/x',
  });
  const told = (text: string) => tokenAgainst(config, text, 1_100).map(({ id }) => id);

  test('is held against the configuration', async () => {
    expect(told(await token({}))).toEqual([]);
    expect(told(await token({ aud: 'client_01ABC' }))).toEqual(['token-audience']);
    expect(told(await token({ iss: 'https://api.workos.com/' }))).toEqual(['token-issuer']);
    expect(told(await token({ exp: 1_050 }))).toEqual(['token-expired']);
    expect(told('not a token')).toEqual(['token-not-jwt']);
  });
});
