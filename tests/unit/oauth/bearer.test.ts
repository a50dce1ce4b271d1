import { describe, expect, it } from 'vitest';
import { MAX_TOKEN_BYTES, readBearerToken } from '#lib/oauth/bearer.ts';
import { AccessTokenRejectedError } from '#lib/oauth/rejection.ts';

const read = (authorization?: string) =>
  readBearerToken(new Headers(authorization === undefined ? {} : { authorization }));

function reasonOf(authorization?: string): string {
  try {
    read(authorization);
  } catch (error) {
    if (error instanceof AccessTokenRejectedError) return error.rejection.reason;
  }
  return 'accepted';
}

describe('the Authorization header', () => {
  it('gives the token, whatever the case of the scheme', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect(read(`${scheme} a.b-c_d~e+f/g==`)).toBe('a.b-c_d~e+f/g==');
  });

  it.each([undefined, '', 'Basic dXNlcjpwYXNz', 'Bearerx abc', 'DPoP abc'])(
    'holds no bearer credentials: %j',
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
  ])('holds more or less than one token: %j', (value) => {
    expect(reasonOf(value)).toBe('malformed_authorization');
  });

  it('holds a token too long to look at', () => {
    expect(reasonOf(`Bearer ${'a'.repeat(MAX_TOKEN_BYTES)}`)).toBe('accepted');
    expect(reasonOf(`Bearer ${'a'.repeat(MAX_TOKEN_BYTES + 1)}`)).toBe('token_too_large');
  });
});
