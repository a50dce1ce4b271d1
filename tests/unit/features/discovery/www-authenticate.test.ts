import { describe, expect, test } from 'vitest';
import { bearerChallenge, parseChallenges } from '#features/discovery/www-authenticate.ts';

const bearer = (value: string) => ({ ...bearerChallenge(parseChallenges(value))?.parameters });

describe('a WWW-Authenticate field', () => {
  test('gives the parameters of a Bearer challenge', () => {
    expect(bearer('Bearer resource_metadata="https://a.example/x", scope="openid profile"')).toEqual({
      resource_metadata: 'https://a.example/x',
      scope: 'openid profile',
    });
  });

  test('is case-insensitive in scheme and parameter names', () => {
    expect(bearer('bEARER Scope=openid')).toEqual({ scope: 'openid' });
  });

  test('may have several challenges in any order, with commas in quoted values', () => {
    const challenges = parseChallenges(
      'Basic realm="a, Bearer scope=\\"no\\"", charset="UTF-8", Negotiate dG9rZW4=, Bearer scope="yes", error=invalid_token',
    );
    expect(challenges.map(({ scheme }) => scheme)).toEqual(['Basic', 'Negotiate', 'Bearer']);
    expect(challenges[0]?.parameters.realm).toBe('a, Bearer scope="no"');
    expect(challenges[1]?.token68).toBe('dG9rZW4=');
    expect({ ...challenges[2]?.parameters }).toEqual({ scope: 'yes', error: 'invalid_token' });
  });

  test('unquotes escaped characters once', () => {
    expect(bearer('Bearer realm="a\\\\\\"b"')).toEqual({ realm: 'a\\"b' });
  });

  test('keeps the first of a repeated parameter, so that a later one cannot replace it', () => {
    expect(bearer('Bearer scope="first", scope="second"')).toEqual({ scope: 'first' });
  });

  test('tolerates spaces around the equals sign, empty list items and a missing comma', () => {
    expect(bearer(' ,, Bearer a = "1" b="2" , , c=3')).toEqual({ a: '1', b: '2', c: '3' });
  });

  test('is a challenge without parameters, too', () => {
    expect(parseChallenges('Bearer')).toHaveLength(1);
    expect(parseChallenges('Negotiate, Bearer')).toHaveLength(2);
  });

  test('gives nothing and does not hang when it is missing, empty or not a challenge', () => {
    for (const value of [null, '', '   ', ',,,', '"', '="x"', '\u0000'])
      expect(parseChallenges(value)).toEqual([]);
    expect(parseChallenges('Bearer realm="never closed')).toHaveLength(1);
    expect(parseChallenges(`Bearer ${'a'.repeat(100_000)}="`)).toHaveLength(1);
  });

  test('cannot reach the prototype of an object', () => {
    const [challenge] = parseChallenges('Bearer __proto__="x", constructor="y"');
    expect(challenge?.parameters.constructor).toBe('y');
    expect(Object.getPrototypeOf(challenge?.parameters)).toBe(null);
  });
});
