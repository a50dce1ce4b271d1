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

  test('has no header that a person entered, even with a value too short to be searched for', () => {
    const masker = new Masker();
    masker.rememberHeader('X-Pin', 'q1w2');
    expect(masker.headers([['x-pin', 'q1w2']])).toEqual([['x-pin', '(hidden, 4 characters)']]);
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

  const ODD = 'sp"ce d/secret+vélue';
  const basic = (user: string, secret: string) => Buffer.from(`${user}:${secret}`).toString('base64');
  const asForm = (text: string) => new URLSearchParams({ _: text }).toString().slice(2);

  test.each([
    ['percent', encodeURIComponent(ODD)],
    ['percent, every character', [...Buffer.from(ODD)].map((b) => `%${b.toString(16)}`).join('')],
    ['percent, lower case', encodeURIComponent(ODD).toLowerCase()],
    ['form', asForm(ODD)],
    ['base64', Buffer.from(ODD).toString('base64')],
    ['base64url', Buffer.from(ODD).toString('base64url')],
    ['hexadecimal', Buffer.from(ODD).toString('hex')],
    ['hexadecimal, upper case', Buffer.from(ODD).toString('hex').toUpperCase()],
    ['JSON', JSON.stringify(ODD)],
    ['JSON, escaped further', JSON.stringify(ODD).replaceAll('/', '\\/').replaceAll('é', '\\u00e9')],
    ...['', 'a', 'id', 'idé', 'https://client.example/id'].map((user) => [
      `Basic of ${user}`,
      basic(user, ODD),
    ]),
    ...['i', 'id', 'id3'].map((user) => [`Basic of ${user}, encoded`, basic(user, asForm(ODD))]),
  ])('has no remembered secret in this encoding: %s', (_encoding, echoed = '') => {
    const masker = new Masker();
    masker.remember(ODD);
    const masked = masker.text(`before ${echoed} after`);
    expect(masked).toMatch(/^before .*\(hidden, \d+ characters\).* after$/);
    // Of base64 the user name may be left, and of the secret not one whole character.
    const left = masked.replace(/\(hidden, \d+ characters\)/g, '').replace(/^before | after$/g, '');
    expect(Buffer.from(left, 'base64').toString('latin1')).not.toContain('sp');
    expect(left).not.toMatch(/secret|sp|lue/);
  });

  test('has no remembered token that is longer than what is searched for', () => {
    const masker = new Masker();
    const long = `opaque_${'0123456789abcdef'.repeat(200)}`;
    masker.remember(long);
    for (const echoed of [long, Buffer.from(long).toString('base64'), Buffer.from(long).toString('hex')])
      expect(masker.text(`x ${echoed} y`)).toMatch(/^x \(hidden, \d+ characters\) y$/);
  });

  test.each([
    'api_key',
    'apiKey',
    'X-API-KEY',
    'session_token',
    'sessionToken',
    'auth-token',
    'passphrase',
    'secret',
    'tokens',
    'private_key',
    'actor_token',
  ])('has no %s, as text, in an array or in an object', (field) => {
    const masker = new Masker();
    for (const value of [SECRET, [SECRET], { value: SECRET }, [{ deep: [SECRET] }]])
      for (const [body, type] of [
        [JSON.stringify({ [field]: value }), 'application/json'],
        [`event: message\ndata: ${JSON.stringify({ [field]: value })}\n\n`, 'text/event-stream'],
      ] as const)
        expect(masker.body(body, type).text).not.toContain(SECRET);
    expect(masker.body(`{"${field}": ["${SECRET}", `, 'application/json').text).not.toContain(SECRET);
    expect(masker.body(`failed for ${field}=${SECRET}.`, 'text/plain').text).not.toContain(SECRET);
    expect(JSON.stringify(masker.headers([[field, SECRET]]))).not.toContain(SECRET);
  });

  test('has the names of the protocol and the schemas of tools unchanged', () => {
    const kept = {
      token_type: 'Bearer',
      token_endpoint: 'https://a.example/token',
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      _meta: { progressToken: 'progress-1' },
      maxTokens: 100,
      inputSchema: { properties: { token: { type: 'string', description: 'A token' } } },
    };
    expect(JSON.parse(new Masker().body(JSON.stringify(kept), 'application/json').text)).toEqual(kept);
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
    ['beginnings of secrets', SECRET.slice(0, -1).repeat(12_000)],
    ['secrets in base64', Buffer.from(SECRET).toString('base64').repeat(8_000)],
  ])('is made quickly from a long body of %s', (_, text) => {
    const start = performance.now();
    const masker = new Masker();
    masker.remember(`${SECRET}=`);
    masker.body(text, 'text/plain');
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('is made from deeply nested JSON', () => {
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(new Masker().body(deep, 'application/json').text).toContain('(too deep)');
  });
});
