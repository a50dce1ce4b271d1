import { describe, expect, test } from 'vitest';
import { Masker } from '#features/discovery/masking.ts';

const SECRET = 'canary-4f1c9e7b2d';
const JWT = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.${'s'.repeat(40)}`;

describe('a recorded exchange', () => {
  test('has no token of an authorization header, only its presence', () => {
    const [[, value] = []] = new Masker().headers([['Authorization', `Bearer ${SECRET}`]]);
    expect(value).toBe(`Bearer (hidden, ${SECRET.length} characters)`);
  });

  test.each(['Cookie', 'Set-Cookie', 'Proxy-Authorization', 'Mcp-Session-Id', 'X-Api-Key'])(
    'does not hold the value of %s',
    (name) => {
      expect(JSON.stringify(new Masker().headers([[name, SECRET]]))).not.toContain(SECRET);
    },
  );

  test.each([
    'access_token',
    'refresh_token',
    'id_token',
    'client_secret',
    'code_verifier',
    'client_assertion',
  ])('has no %s in JSON, in a form or in a URL', (field) => {
    const masker = new Masker();
    const json = JSON.stringify({ deep: [{ [field]: SECRET, kept: 'plain' }] });
    expect(masker.body(json, 'application/json').text).not.toContain(SECRET);
    expect(masker.body(json, 'application/json').text).toContain('plain');
    expect(masker.body(`a=1&${field}=${SECRET}`, 'application/x-www-form-urlencoded').text).not.toContain(
      SECRET,
    );
    expect(masker.url(`https://a.example/x?${field}=${SECRET}#${field}=${SECRET}`)).not.toContain(SECRET);
  });

  test('has no code or state in a URL or a form', () => {
    const masker = new Masker();
    expect(masker.url(`https://a.example/cb?code=${SECRET}&state=${SECRET}&iss=kept`)).toBe(
      'https://a.example/cb?code=hidden&state=hidden&iss=kept',
    );
    expect(masker.headers([['location', `https://a.example/cb?code=${SECRET}`]])[0]?.[1]).not.toContain(
      SECRET,
    );
  });

  test('has no password in a URL', () => {
    expect(new Masker().url(`https://user:${SECRET}@a.example/`)).toBe('https://a.example/');
  });

  test('has no text of the form of a JWT in any place', () => {
    const masker = new Masker();
    expect(masker.body(`<p>your token ${JWT} is bad</p>`, 'text/html').text).not.toContain(JWT);
    expect(
      JSON.stringify(masker.headers([['www-authenticate', `Bearer error_description="${JWT}"`]])),
    ).not.toContain(JWT);
  });

  test('has no secret that the server echoes, in any encoding', () => {
    const masker = new Masker();
    const odd = 'sp"ce d/secret+value';
    masker.remember(odd);
    expect(masker.text(`echo ${odd}`)).toBe(`echo (hidden, ${odd.length} characters)`);
    expect(masker.text(`u=${encodeURIComponent(odd)}`)).not.toContain('secret');
    expect(masker.body(JSON.stringify({ message: odd }), 'application/json').text).not.toContain('d/secret');
  });

  test('has no secrets of an incomplete JSON document', () => {
    expect(new Masker().body(`{"access_token": "${SECRET}", "x": `, 'application/json').text).not.toContain(
      SECRET,
    );
    expect(
      new Masker().body(`data: {"access_token":"${SECRET}"}\n\n`, 'text/event-stream').text,
    ).not.toContain(SECRET);
  });

  test('is truncated and has no characters that hide or reorder text', () => {
    const { text, truncated } = new Masker().body(
      `\u202e\u200bA\u0000B\n${'x'.repeat(100_000)}`,
      'text/plain',
    );
    expect(text.startsWith('AB\nx')).toBe(true);
    expect(text.length).toBeLessThan(20_000);
    expect(truncated).toBe(true);
  });

  test.each([
    ['one word', 'x'.repeat(200_000)],
    ['beginnings of tokens', 'eyJ-'.repeat(50_000)],
    ['beginnings of assignments', 'token="'.repeat(30_000)],
    ['spaces', `token${' '.repeat(200_000)}`],
  ])('is made quickly from a long body of %s', (_, text) => {
    const start = performance.now();
    new Masker().body(text, 'text/plain');
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('is made from deeply nested JSON', () => {
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(new Masker().body(deep, 'application/json').text).toContain('(too deep)');
  });
});
