import { describe, expect, it } from 'vitest';
import { MAX_TOKEN_BYTES, readBearerToken } from '#lib/oauth/bearer.ts';

const read = (authorization?: string) =>
  readBearerToken(new Headers(authorization === undefined ? {} : { authorization }));

function reasonOf(authorization?: string): string {
  const result = read(authorization);
  return typeof result === 'string' ? 'accepted' : result.reason;
}

describe('the Authorization header', () => {
  it('yields the token for any case of the scheme', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect(read(`${scheme} a.b-c_d~e+f/g==`)).toBe('a.b-c_d~e+f/g==');
  });

  it.each([undefined, '', 'Basic dXNlcjpwYXNz', 'Bearerx abc', 'DPoP abc'])(
    'is missing bearer credentials: %j',
    (value) => {
      expect(reasonOf(value)).toBe('missing');
    },
  );

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer a,b',
    'Bearer "a"',
    'Bearer a\tb',
    'Bearer =a',
  ])('is malformed unless it holds exactly one token: %j', (value) => {
    expect(reasonOf(value)).toBe('malformed_authorization');
  });

  it('is refused when the token is too long', () => {
    expect(reasonOf(`Bearer ${'a'.repeat(MAX_TOKEN_BYTES)}`)).toBe('accepted');
    expect(reasonOf(`Bearer ${'a'.repeat(MAX_TOKEN_BYTES + 1)}`)).toBe('token_too_large');
  });
});
