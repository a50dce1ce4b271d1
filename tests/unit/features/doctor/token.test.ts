import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { checkToken } from '#features/doctor/token.ts';
import { parseConfig } from '#lib/config/env.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const ISSUER = 'https://tenant.authkit.app';
const RESOURCE = 'https://app.example.com/mcp';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const GOOD = { iss: ISSUER, aud: RESOURCE, sub: 'user_1', iat: 1_000, exp: 1_900, org_id: 'org_1' };

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
    expect(ids(await token({ iat: 0, exp: 1_050 }))).toEqual(['token-expired']);
    expect(ids(await token({ exp: 1_300 }))).toEqual(['token-lifetime-short']);
    expect(ids(await token({ exp: 1_301 }))).toEqual([]);
    expect(ids(await token({ client_id: 'user_1' }))).toEqual(['token-of-application']);
    expect(ids('not a token')).toEqual(['token-not-jwt']);
  });

  test.each([
    ['client_01ABC', 'not registered as a resource indicator, or the client sent no resource'],
    ['client_test', 'not registered as a resource indicator, or the client sent no resource'],
    ['https://app.example.com/mcp/', 'issued for that resource'],
    ['authenticated', 'look for aud in the JWT template'],
  ])('with the audience %s has a finding that names the possible causes', async (aud, text) => {
    expect(check(await token({ aud }))[0]?.fix).toContain(text);
  });

  // The permission of a tool can be a variable.
  stubConfiguration();
  const guarded = tools.filter(({ permission }) => permission !== undefined);
  test.runIf(guarded.length > 0)(
    'without an organization has a finding that names the tools it hides',
    async () => {
      const [finding] = check(await token({ org_id: undefined }));
      expect(finding).toMatchObject({ id: 'token-without-organization', severity: 'note' });
      for (const { name } of guarded) expect(finding?.observed).toContain(name);
      expect(ids(await token({ org_id: undefined, permissions: ['any'] }))).toEqual([]);
    },
  );

  test('with another algorithm and without an expiry has a finding that names alg and one that names exp', async () => {
    const { exp, ...claims } = GOOD;
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
    expect(check(symmetric)).toMatchObject([
      { id: 'token-algorithm', severity: 'error', observed: 'alg is HS256.' },
      { id: 'token-claims-missing', severity: 'error', observed: 'Missing or of the wrong type: exp.' },
    ]);
  });
});
