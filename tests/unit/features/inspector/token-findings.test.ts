import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { readToken } from '#features/discovery/token-facts.ts';
import { tokenFindings } from '#features/inspector/server/token-rules.ts';

const ISSUER = 'https://tenant.authkit.app';
const RESOURCE = 'https://app.example.com/mcp';
const key = new Uint8Array(32);

const token = (claims: Record<string, unknown>) =>
  new SignJWT({ iss: ISSUER, aud: RESOURCE, iat: 1_000, exp: 1_300, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(key);

async function findings(
  claims: Record<string, unknown>,
  more: { granted?: string[]; requested?: string[] } = {},
) {
  return tokenFindings({
    target: { resource: RESOURCE, issuer: ISSUER },
    token: readToken(await token(claims)),
    requested: more.requested ?? ['openid'],
    granted: more.granted,
    hasRefreshToken: true,
    exchangeId: 'e1',
  });
}
const ids = async (...args: Parameters<typeof findings>) => (await findings(...args)).map(({ id }) => id);

describe('findings about an access token', () => {
  test('a token for this server alone has no findings', async () => {
    expect(await ids({})).toEqual([]);
    expect(await ids({ aud: [RESOURCE] })).toEqual([]);
  });

  test.each([
    ['the client id of the environment', 'client_01ABC', 'resource indicator'],
    ['another spelling', `${RESOURCE}/`, 'aud is exactly the requested resource'],
    ['nothing', undefined, 'aud is exactly the requested resource'],
  ])('a token with the audience %s is an error with its fix', async (_what, aud, fix) => {
    const [finding] = await findings({ aud });
    expect(finding).toMatchObject({ id: 'token-audience', severity: 'error' });
    expect(finding?.fix).toContain(fix);
  });

  test('a token for several servers has a finding', async () => {
    expect(await ids({ aud: [RESOURCE, 'https://other.example.com'] })).toEqual(['token-several-audiences']);
  });

  test('a token of another issuer has a finding', async () => {
    expect(await ids({ iss: `${ISSUER}/` })).toEqual(['token-issuer']);
  });

  test('more scopes than requested are a finding', async () => {
    expect(await ids({}, { granted: ['openid', 'admin'] })).toEqual(['scopes-more-than-asked']);
    expect(await ids({ scope: 'openid admin' })).toEqual(['scopes-more-than-asked']);
  });

  test('a token with a long lifetime has a finding', async () => {
    expect(await ids({ exp: 1_000 + 7 * 86_400 })).toEqual(['token-long-lived']);
  });

  test('an opaque token has no facts, and the token itself is never among them', async () => {
    expect(readToken('opaque-token-1')).toEqual({ format: 'opaque' });
    const secret = await token({ aud: 'x' });
    expect(JSON.stringify(readToken(secret))).not.toContain(secret.split('.')[1]);
  });
});
