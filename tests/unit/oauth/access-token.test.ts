import { createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_TOLERANCE_SECONDS, MAX_LIFETIME_SECONDS, verifyAccessToken } from '#lib/oauth/access-token.ts';
import { AccessTokenRejectedError } from '#lib/oauth/rejection.ts';

const ISSUER = 'https://example.authkit.app';
const RESOURCE = 'https://app.example/mcp';
const NOW = new Date('2026-08-01T12:00:00Z');
const seconds = NOW.getTime() / 1000;

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;
let issuerKey: KeyPair;
let foreignKey: KeyPair;
let keys: ReturnType<typeof createLocalJWKSet>;
let publicPem: string;

beforeAll(async () => {
  issuerKey = await generateKeyPair('RS256', { extractable: true });
  foreignKey = await generateKeyPair('RS256', { extractable: true });
  publicPem = await exportSPKI(issuerKey.publicKey);
  keys = createLocalJWKSet({
    keys: [{ ...(await exportJWK(issuerKey.publicKey)), kid: 'k1', alg: 'RS256' }],
  });
});

const GOOD = {
  iss: ISSUER,
  aud: RESOURCE,
  sub: 'user_1',
  sid: 'consent_1',
  jti: 'j',
  iat: seconds,
  exp: seconds + 300,
};

async function sign(claims: object, header: object = {}, key = issuerKey.privateKey): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key);
}

function without(claim: string): object {
  return Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== claim));
}

const verify = (token: string) =>
  verifyAccessToken(token, { issuer: ISSUER, audiences: [RESOURCE], keys, now: NOW });

async function reasonOf(token: string): Promise<string> {
  const error = await verify(token).catch((thrown: unknown) => thrown);
  if (!(error instanceof AccessTokenRejectedError))
    throw new Error('accepted, or failed otherwise', { cause: error });
  return error.rejection.reason;
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token with the claims AuthKit documents', () => {
  it('yields the caller with the base scopes', async () => {
    const caller = await verify(await sign({ ...GOOD, org_id: 'org_1' }));
    expect(caller).toMatchObject({
      subject: 'user_1',
      sessionId: 'consent_1',
      organizationId: 'org_1',
      clientId: undefined,
    });
    expect([...caller.scopes]).toEqual(['openid', 'profile']);
    expect(caller.permissions.size).toBe(0);
  });

  it('may have the type JWT or at+jwt', async () => {
    for (const typ of ['JWT', 'at+jwt', 'application/at+jwt'])
      expect((await verify(await sign(GOOD, { typ }))).subject).toBe('user_1');
  });

  it('may have several audiences when one is this resource', async () => {
    expect((await verify(await sign({ ...GOOD, aud: ['https://other.example', RESOURCE] }))).subject).toBe(
      'user_1',
    );
  });
});

describe('a token with more claims', () => {
  it('yields the client from client_id before azp, the scopes and the permissions', async () => {
    const caller = await verify(
      await sign({
        ...GOOD,
        client_id: 'https://c.example/id',
        azp: 'other',
        scope: 'openid email',
        permissions: ['a', 7],
      }),
    );
    expect(caller.clientId).toBe('https://c.example/id');
    expect([...caller.scopes]).toEqual(['openid', 'email']);
    expect([...caller.permissions]).toEqual(['a']);
  });

  it('belongs to no organization when the claim is null', async () => {
    expect((await verify(await sign({ ...GOOD, org_id: null }))).organizationId).toBeUndefined();
  });

  it('has no scope when the claim is not a string', async () => {
    expect((await verify(await sign({ ...GOOD, scope: ['openid', 'profile'] }))).scopes.size).toBe(0);
  });
});

describe('the clock tolerance', () => {
  it('is ten seconds', () => expect(CLOCK_TOLERANCE_SECONDS).toBe(10));

  it('accepts a difference up to the tolerance and not one second more', async () => {
    const inside = { ...GOOD, iat: seconds - 100, exp: seconds - CLOCK_TOLERANCE_SECONDS + 1 };
    expect((await verify(await sign(inside))).subject).toBe('user_1');
    expect(await reasonOf(await sign({ ...inside, exp: seconds - CLOCK_TOLERANCE_SECONDS - 1 }))).toBe(
      'expired',
    );
    const future = { ...GOOD, iat: seconds + CLOCK_TOLERANCE_SECONDS };
    expect((await verify(await sign(future))).subject).toBe('user_1');
    expect(await reasonOf(await sign({ ...future, iat: seconds + CLOCK_TOLERANCE_SECONDS + 1 }))).toBe(
      'issued_in_future',
    );
  });

  it('does not extend the longest accepted lifetime of a day', async () => {
    expect(await reasonOf(await sign({ ...GOOD, exp: seconds + MAX_LIFETIME_SECONDS + 1 }))).toBe('lifetime');
  });
});

describe('a token is refused', () => {
  it.each([
    ['from another issuer', { ...GOOD, iss: 'https://evil.example' }, 'issuer'],
    ['whose issuer differs in case', { ...GOOD, iss: ISSUER.toUpperCase() }, 'issuer'],
    ['whose issuer is a list', { ...GOOD, iss: [ISSUER] }, 'issuer'],
    ['for another resource', { ...GOOD, aud: 'https://app.example' }, 'audience'],
    ['for a resource this one is a prefix of', { ...GOOD, aud: `${RESOURCE}/other` }, 'audience'],
    ['whose audience is an object', { ...GOOD, aud: { [RESOURCE]: true } }, 'audience'],
    ['whose subject is empty', { ...GOOD, sub: '' }, 'claim'],
    ['whose subject is a number', { ...GOOD, sub: 7 }, 'claim'],
    ['whose expiry is text', { ...GOOD, exp: '9999999999' }, 'claim'],
    ['whose client id is a list', { ...GOOD, client_id: ['a'] }, 'claim'],
    ['whose client id is null', { ...GOOD, client_id: null }, 'claim'],
    ['whose client id has a control character', { ...GOOD, client_id: 'a\u0000b' }, 'claim'],
    ['whose client id is half a character', { ...GOOD, client_id: 'a\ud800' }, 'claim'],
    ['whose client id is longer than 512 characters', { ...GOOD, client_id: 'c'.repeat(513) }, 'claim'],
    ['whose organization is a number', { ...GOOD, org_id: 7 }, 'claim'],
    ['of a client that acts for itself', { ...GOOD, sub: 'client_1', client_id: 'client_1' }, 'machine'],
    ['of a client that acts for itself, by azp', { ...GOOD, sub: 'client_1', azp: 'client_1' }, 'machine'],
  ])('%s', async (_name, claims, reason) => {
    expect(await reasonOf(await sign(claims))).toBe(reason);
  });

  it.each(['iss', 'aud', 'exp', 'iat', 'sub'])('without %s', async (claim) => {
    expect(await reasonOf(await sign(without(claim)))).toBe('claim');
  });

  it.each(['none', 'None', 'NONE', 'nOnE'])('with alg %s', async (alg) => {
    expect(await reasonOf(`${base64url({ alg })}.${base64url(GOOD)}.`)).toBe('algorithm');
  });

  it('signed by HS256 with the public key as the secret', async () => {
    const token = await new SignJWT(GOOD)
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(publicPem));
    expect(await reasonOf(token)).toBe('algorithm');
  });

  it.each(['PS256', 'ES256'])('signed by %s', async (alg) => {
    const pair = await generateKeyPair(alg);
    expect(
      await reasonOf(await new SignJWT(GOOD).setProtectedHeader({ alg, kid: 'k1' }).sign(pair.privateKey)),
    ).toBe('algorithm');
  });

  it('signed by a foreign key under a known kid', async () => {
    expect(await reasonOf(await sign(GOOD, {}, foreignKey.privateKey))).toBe('signature');
  });

  it('signed by a key in its own header', async () => {
    const jwk = await exportJWK(foreignKey.publicKey);
    const header = { kid: 'mine', jwk, jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' };
    expect(await reasonOf(await sign(GOOD, header, foreignKey.privateKey))).toBe('unknown_key');
  });

  it('with an unknown critical header', async () => {
    const [, payload, signature] = (await sign(GOOD)).split('.');
    expect(
      await reasonOf(`${base64url({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 })}.${payload}.${signature}`),
    ).toBe('malformed_token');
  });

  it('whose payload was edited under the old signature', async () => {
    const [header, , signature] = (await sign(GOOD)).split('.');
    expect(await reasonOf(`${header}.${base64url({ ...GOOD, sub: 'user_2' })}.${signature}`)).toBe(
      'signature',
    );
  });

  it.each(['', 'a.b', 'a.b.c', 'a.b.c.d.e', `${base64url({ alg: 'RS256' })}..`])(
    'that is not a JWT: %j',
    async (token) => {
      expect(await reasonOf(token)).toMatch(/malformed_token|algorithm|signature|claim/);
    },
  );

  it('with the type of another kind of token', async () => {
    expect(await reasonOf(await sign(GOOD, { typ: 'logout+jwt' }))).toBe('type');
  });
});
