import fc from 'fast-check';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resourceUrl } from '#lib/config/urls.ts';
import { verifyAccessToken } from '#lib/oauth/access-token.ts';
import { readBearerToken } from '#lib/oauth/bearer.ts';
import { challengeHeader } from '#lib/oauth/challenge.ts';
import { AccessTokenRejectedError } from '#lib/oauth/rejection.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';

let issuer: TestIssuer;
let keys: JWTVerifyGetKey;
let token: string;
let other: string;

beforeAll(async () => {
  issuer = await startIssuer();
  keys = createLocalJWKSet({ keys: [issuer.key().publicJwk] });
  token = await issuer.token({ client_id: 'https://client.example/id.json' });
  other = await issuer.token({ sub: 'user_ben', permissions: ['connections:revoke'] });
});
afterAll(() => issuer?.close());

function tokenOf(headers: Headers): string {
  const read = readBearerToken(headers);
  if (typeof read !== 'string') throw new AccessTokenRejectedError(read);
  return read;
}

/** The subject of a token, or the reason of its refusal; other errors are rethrown. */
async function judged(value: string): Promise<string> {
  try {
    const headers = new Headers({ authorization: `Bearer ${value}` });
    const caller = await verifyAccessToken(tokenOf(headers), {
      issuer: issuer.url,
      audiences: [resourceUrl(issuer.config)],
      keys,
      now: new Date(),
    });
    return caller.subject;
  } catch (error) {
    if (error instanceof AccessTokenRejectedError) return `refused: ${error.rejection.reason}`;
    throw error;
  }
}

/** Whether two tokens are the same: the last characters of a signature can encode the same bytes. */
function same(one: string, two: string): boolean {
  const [a, b] = [one.trim().split('.'), two.split('.')];
  const bytes = (part = '') => Buffer.from(part, 'base64url').toString('hex');
  return a.length === 3 && a[0] === b[0] && a[1] === b[1] && bytes(a[2]) === bytes(b[2]);
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~ ';
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    letter: fc.constantFrom(...LETTERS),
    how: fc.constantFrom('set', 'insert', 'delete', 'swap', 'cut'),
  }),
  { minLength: 1, maxLength: 4 },
);

test('a valid token with changed characters is refused', async () => {
  expect(await judged(token)).toBe('user_ada');
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      let text = token;
      for (const { at, letter, how } of changes) {
        const i = Math.floor(at * text.length);
        const rest = { set: 1, insert: 0, delete: 1, swap: 2, cut: text.length }[how];
        const middle =
          how === 'set' || how === 'insert' ? letter : how === 'swap' ? `${text[i + 1] ?? ''}${text[i]}` : '';
        text = text.slice(0, i) + middle + text.slice(i + rest);
      }
      if (same(text, token)) return;
      expect(await judged(text)).toMatch(/^refused: /);
    }),
    { numRuns: 3000 },
  );
});

test('a valid token with one flipped bit is refused', async () => {
  const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'));
  const where = fc
    .integer({ min: 0, max: 2 })
    .chain((part) => fc.tuple(fc.constant(part), fc.nat((parts[part]?.length ?? 1) * 8 - 1)));
  await fc.assert(
    fc.asyncProperty(where, async ([part, bit]) => {
      const changed = parts.map((bytes) => Buffer.from(bytes));
      const bytes = changed[part];
      if (bytes) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await judged(changed.map((each) => each.toString('base64url')).join('.'))).toMatch(/^refused: /);
    }),
    { numRuns: 2000 },
  );
});

test('parts of two valid tokens combined are refused', async () => {
  const [a, b] = [token.split('.'), other.split('.')];
  for (let mix = 1; mix < 7; mix++) {
    const text = a.map((part, index) => (mix & (1 << index) ? b[index] : part)).join('.');
    if (!same(text, token) && !same(text, other)) expect(await judged(text)).toMatch(/^refused: /);
  }
});

test('generated claims signed by the issuer give a caller with the right types or a refusal', async () => {
  const claims = fc.dictionary(
    fc.constantFrom(
      'sub',
      'scope',
      'permissions',
      'client_id',
      'azp',
      'sid',
      'org_id',
      'iat',
      'exp',
      'aud',
      'iss',
      'nbf',
    ),
    fc.jsonValue(),
    { maxKeys: 4 },
  );
  await fc.assert(
    fc.asyncProperty(claims, async (changes) => {
      const value = await issuer.token(changes as Parameters<TestIssuer['token']>[0]);
      const headers = new Headers({ authorization: `Bearer ${value}` });
      const rules = { issuer: issuer.url, audiences: [resourceUrl(issuer.config)], keys, now: new Date() };
      try {
        const caller = await verifyAccessToken(tokenOf(headers), rules);
        expect(caller.subject.trim().length).toBeGreaterThan(0);
        for (const text of [...caller.scopes, ...caller.permissions]) expect(typeof text).toBe('string');
        for (const text of [caller.clientId, caller.sessionId, caller.organizationId])
          expect(text === undefined || typeof text === 'string').toBe(true);
      } catch (error) {
        if (!(error instanceof AccessTokenRejectedError)) throw error;
      }
    }),
    { numRuns: 400 },
  );
});

test('every challenge parses by the grammar of RFC 9110 for any URL and scopes', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
  const scope = fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,20}$/);
  const origin = fc
    .tuple(label, fc.integer({ min: 1, max: 65_535 }))
    .map(([name, port]) => `https://${name}.example:${port}`);
  const parameter = /([a-z_]+)="([^"\\]*)"(?:, |$)/gy;
  fc.assert(
    fc.property(
      origin,
      fc.array(scope, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (appUrl, scopes, failed) => {
        const header = challengeHeader(
          { appUrl, authkitDomain: 'https://acme.authkit.app', loopback: false },
          { scopes, ...(failed && { error: 'invalid_token', errorDescription: 'The token is not valid' }) },
        );
        expect(header.startsWith('Bearer ')).toBe(true);
        const parameters = header.slice('Bearer '.length);
        const found = [...parameters.matchAll(parameter)];
        expect(found.map(([text]) => text).join('')).toBe(parameters);
        const read = Object.fromEntries(found.map(([, name, value]) => [name, value]));
        expect(read.scope).toBe(scopes.join(' '));
        expect(read.resource_metadata).toBe(`${appUrl}/.well-known/oauth-protected-resource/mcp`);
        expect(read.error).toBe(failed ? 'invalid_token' : undefined);
      },
    ),
  );
});
