import { describe, expect, test } from 'vitest';
import { claimRows, tokenRefusals, tokenView } from '#features/inspector/token-view.ts';

const RESOURCE = 'https://mcp.example.com/mcp';
const ISSUER = 'https://auth.example.com';
const NOW = 1_800_000_000_000;
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: object = {}, header: object = { alg: 'RS256' }) =>
  `${encoded(header)}.${encoded({ iss: ISSUER, aud: RESOURCE, sub: 'user_ada', exp: NOW / 1000 + 60, ...claims })}.c2lnbmF0dXJl`;
const refused = (claims: object, header?: object) =>
  tokenRefusals(tokenView(token(claims, header)), { resource: RESOURCE, issuer: ISSUER }, NOW).map(
    ({ claim }) => claim,
  );

describe('the claims of a token', () => {
  test('are shown without its signature, and known ones have a meaning', () => {
    const view = tokenView(token({ odd: { a: 1 } }));
    expect(JSON.stringify(view)).not.toContain('c2lnbmF0dXJl');
    if (view.format !== 'jwt') throw new Error('This is a JWT.');
    const rows = claimRows(view.claims);
    expect(rows[0]).toMatchObject({ name: 'iss', meaning: 'Authorization server that issued the token' });
    expect(rows.find(({ name }) => name === 'exp')?.at).toBe(NOW + 60_000);
    expect(rows.at(-1)).toEqual({ name: 'odd', value: '{"a":1}', meaning: undefined });
  });

  test('are bounded', () => {
    const claims = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`c${index}`, 'x'.repeat(5_000)]),
    );
    expect(JSON.stringify(tokenView(token(claims))).length).toBeLessThan(10_000);
  });

  test('of an opaque token are unknown', () => {
    expect(tokenView('opaque-token')).toEqual({ format: 'opaque' });
    expect(tokenRefusals({ format: 'opaque' }, { resource: RESOURCE }, NOW)).toEqual([]);
  });

  test.each<[string, object, object | undefined, string[]]>([
    ['nothing is wrong', {}, undefined, []],
    ['another audience', { aud: 'https://other.example.com' }, undefined, ['aud']],
    ['several audiences with ours', { aud: ['x', RESOURCE] }, undefined, []],
    ['no audience', { aud: undefined }, undefined, ['aud']],
    ['another issuer', { iss: `${ISSUER}/` }, undefined, ['iss']],
    ['it has expired', { exp: NOW / 1000 - 1 }, undefined, ['exp']],
    ['it has no expiry', { exp: undefined }, undefined, ['exp']],
    ['it is not valid yet', { nbf: NOW / 1000 + 5 }, undefined, ['nbf']],
    ['it is not signed', {}, { alg: 'none' }, ['alg']],
    ['it has no subject', { sub: undefined }, undefined, ['sub']],
  ])('say what a server refuses: %s', (_what, claims, header, expected) => {
    expect(refused(claims, header)).toEqual(expected);
  });
});
