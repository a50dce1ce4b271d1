import { constants, createPublicKey, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { CompactEncrypt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forge, hmac, rs256, signedByIssuer } from '#tests/support/forged-token.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';
import { legacyToolCall, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

let app: TrustingApp;
let issuer: TestIssuer;
let stranger: TestIssuer;
let evil: Awaited<ReturnType<typeof loopbackServer>>;

beforeAll(async () => {
  app = await startTrustingApp();
  issuer = app.issuer;
  stranger = await startIssuer({ APP_URL: app.appUrl });
  evil = await loopbackServer((_request, response) =>
    response.end(JSON.stringify({ keys: [stranger.key().publicJwk] })),
  );
});
afterAll(async () => {
  await Promise.all([app?.stop(), stranger?.close(), evil?.close()]);
});

type Attack = [name: string, token: () => string | Promise<string>];

const now = () => Math.floor(Date.now() / 1000);
const header = (changes: object = {}) => ({ alg: 'RS256', kid: issuer.key().kid, typ: 'JWT', ...changes });
const privateKey = () => KeyObject.from(issuer.key().privateKey);
const publicKey = () => createPublicKey(privateKey());
/** Signed by the issuer's real key: only the header is wrong. */
const headed = (changes: object) => () => signedByIssuer(issuer, changes, issuer.claims());
/** Signed by the issuer's real key: only the claims are wrong. */
const claiming = (changes: (claims: JWTPayload) => Record<string, unknown>) => () =>
  signedByIssuer(issuer, {}, { ...issuer.claims(), ...changes(issuer.claims()) });
const without = (claim: string): Attack => [`no ${claim}`, () => issuer.token({ [claim]: undefined })];

const KEYS: Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', ''].map(
    (alg): Attack => [
      `the algorithm "${alg}" and no signature`,
      () => forge(header({ alg }), issuer.claims(), () => new Uint8Array()),
    ],
  ),
  ['no algorithm at all', headed({ alg: undefined })],
  ['rs256 in lower case', headed({ alg: 'rs256' })],
  ['an algorithm that is a list', headed({ alg: ['RS256'] })],
  ...(['pem', 'der', 'jwk'] as const).flatMap((format) =>
    (['sha256', 'sha384', 'sha512'] as const).map(
      (hash): Attack => [
        `an HMAC (${hash}) under the public key as ${format}`,
        () => {
          const exported =
            format === 'jwk'
              ? JSON.stringify(issuer.key().publicJwk)
              : publicKey().export({ type: 'spki', format: format as 'pem' });
          return forge(header({ alg: `HS${hash.slice(3)}` }), issuer.claims(), hmac(hash, exported));
        },
      ],
    ),
  ),
  ['HS256 under an empty secret', () => forge(header({ alg: 'HS256' }), issuer.claims(), hmac('sha256', ''))],
  ...(['RS384', 'RS512'] as const).map(
    (alg): Attack => [
      `${alg} by the right key`,
      () =>
        forge(header({ alg }), issuer.claims(), (input) => sign(`sha${alg.slice(2)}`, input, privateKey())),
    ],
  ),
  ...(['RS256', 'PS256'] as const).map(
    (alg): Attack => [
      `${alg} with a PSS signature by the right key`,
      () =>
        forge(header({ alg }), issuer.claims(), (input) =>
          sign('sha256', input, {
            key: privateKey(),
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: 32,
          }),
        ),
    ],
  ),
  ...(['ES256', 'EdDSA'] as const).map(
    (alg): Attack => [
      `${alg} by a key of the attacker's`,
      () => {
        const key =
          alg === 'ES256'
            ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
            : generateKeyPairSync('ed25519').privateKey;
        const signer = (input: Buffer) =>
          sign(alg === 'ES256' ? 'sha256' : null, input, { key, dsaEncoding: 'ieee-p1363' });
        return forge(header({ alg }), issuer.claims(), signer);
      },
    ],
  ),
  ['a key of another issuer', () => stranger.token({ iss: issuer.url })],
  [
    "a key of another issuer under this one's kid",
    () => stranger.token({ iss: issuer.url }, { kid: issuer.key().kid }),
  ],
  ['everything from another issuer', () => stranger.token()],
  ['an unknown kid', headed({ kid: 'unknown' })],
  ...['../../etc/passwd', "' or 1=1 --", '__proto__', '', 7, null, { kid: 1 }].map(
    (kid): Attack => [
      `the kid ${JSON.stringify(kid)} by the attacker's key`,
      () => forge(header({ kid }), issuer.claims(), rs256(stranger.key().privateKey)),
    ],
  ),
  [
    'a key of the attacker in the header (jwk)',
    () =>
      forge(
        header({ jwk: stranger.key().publicJwk, kid: 'test-key-1' }),
        issuer.claims(),
        rs256(stranger.key().privateKey),
      ),
  ],
  ...['jku', 'x5u', 'x5c'].map(
    (field): Attack => [
      `a key location of the attacker in the header (${field})`,
      () =>
        forge(
          header({ [field]: field === 'x5c' ? ['MIIB'] : `${evil.url}/jwks`, kid: 'test-key-1' }),
          issuer.claims(),
          rs256(stranger.key().privateKey),
        ),
    ],
  ),
];

const HEADERS: Attack[] = [
  ['an extension that must be understood (crit)', headed({ crit: ['x'], x: 1 })],
  ['an empty crit', headed({ crit: [] })],
  ['a crit that names no field', headed({ crit: ['exp'] })],
  ['an unencoded payload (b64: false)', headed({ crit: ['b64'], b64: false })],
  ...['id+jwt', 'dpop+jwt', 'logout+jwt', 'JWE', 'jose', '', 7, ['JWT']].map(
    (typ): Attack => [`the type ${JSON.stringify(typ)}`, headed({ typ })],
  ),
  [
    'an encrypted token (JWE)',
    () =>
      new CompactEncrypt(Buffer.from(JSON.stringify(issuer.claims())))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: issuer.key().kid })
        .encrypt(publicKey()),
  ],
  ['a header that is not JSON', () => forge('{', issuer.claims(), rs256(issuer.key().privateKey))],
  ['a header that is a list', () => forge([header()], issuer.claims(), rs256(issuer.key().privateKey))],
  ['a header that is null', () => forge('null', issuer.claims(), rs256(issuer.key().privateKey))],
  ...['null', '[]', '"text"', '7', '{', '', '{"sub":"a"}{"sub":"b"}'].map(
    (payload): Attack => [
      `the payload ${payload || 'of no bytes'}`,
      () => signedByIssuer(issuer, {}, payload),
    ],
  ),
  [
    'a payload that is not UTF-8',
    () => signedByIssuer(issuer, {}, new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])),
  ],
  ['no signature', async () => `${(await issuer.token()).split('.').slice(0, 2).join('.')}.`],
  ['two parts', async () => (await issuer.token()).split('.').slice(0, 2).join('.')],
  ['four parts', async () => `${await issuer.token()}.e30`],
  ['one part', () => 'eyJhbGciOiJub25lIn0'],
  ['dots', () => '..'],
  ['base64 padding after it', async () => `${await issuer.token()}=`],
];

const CLAIMS: Attack[] = [
  ...['iss', 'aud', 'sub', 'exp', 'iat'].map(without),
  ['an issuer in a list', claiming(({ iss }) => ({ iss: [iss] }))],
  ['an issuer with a trailing slash', claiming(({ iss }) => ({ iss: `${iss}/` }))],
  ['an issuer in upper case', claiming(({ iss }) => ({ iss: iss?.toUpperCase() }))],
  ['an issuer with a suffix', claiming(({ iss }) => ({ iss: `${iss}.evil.example` }))],
  ['an issuer by its address', claiming(({ iss }) => ({ iss: iss?.replace('localhost', '127.0.0.1') }))],
  ['another issuer', claiming(() => ({ iss: 'https://evil.authkit.app' }))],
  ...['', '/', '/mcp/', '/MCP', '/mcp/x', '/mcp?', '/mcp#', '/mc'].map(
    (path): Attack => [
      `a token for ${path || 'the origin'}`,
      claiming(() => ({ aud: `${app.appUrl}${path}` })),
    ],
  ),
  ['a token for another resource', claiming(() => ({ aud: 'https://other.example/mcp' }))],
  [
    'a token for several other resources',
    claiming(() => ({ aud: ['https://a.example', 'https://b.example'] })),
  ],
  ['an empty list of audiences', claiming(() => ({ aud: [] }))],
  ['an empty audience', claiming(() => ({ aud: '' }))],
  ['an audience that is an object', claiming(({ aud }) => ({ aud: { 0: aud } }))],
  ['an audience in a nested list', claiming(({ aud }) => ({ aud: [[aud]] }))],
  ['an audience that is true', claiming(() => ({ aud: true }))],
  ['two audiences in one string', claiming(({ aud }) => ({ aud: `https://a.example ${aud}` }))],
  [
    'an ID token: the audience is the client',
    claiming(() => ({ aud: 'client_local', nonce: 'n', at_hash: 'h' })),
  ],
  [
    'a session token of the pages',
    claiming(() => ({ aud: undefined, sid: 'session_1', role: 'member', permissions: [] })),
  ],
  ['an exp an hour ago', claiming(() => ({ exp: now() - 3600 }))],
  ['an exp past by more than the tolerance', claiming(() => ({ exp: now() - 12 }))],
  ['an exp that is a string', claiming(() => ({ exp: String(now() + 300) }))],
  ['an exp in milliseconds', claiming(() => ({ exp: Date.now() + 300_000 }))],
  ['an exp ten years away', claiming(() => ({ exp: now() + 10 * 365 * 86_400 }))],
  ['an exp of null', claiming(() => ({ exp: null }))],
  ['an exp that overflows to infinity', () => signedByIssuer(issuer, {}, overflowing('exp'))],
  ['an exp before its iat', claiming(() => ({ iat: now(), exp: now() - 30 }))],
  ['an iat in the future', claiming(() => ({ iat: now() + 60, exp: now() + 300 }))],
  ['an iat that is a string', claiming(() => ({ iat: String(now()) }))],
  ['a negative iat', claiming(() => ({ iat: -1 }))],
  ['an iat that overflows to infinity', () => signedByIssuer(issuer, {}, overflowing('iat'))],
  ['an nbf in the future', claiming(() => ({ nbf: now() + 60 }))],
  ['an nbf that is a string', claiming(() => ({ nbf: 'soon' }))],
  ...['sub', 'client_id', 'azp', 'sid', 'org_id'].flatMap((claim) =>
    [
      ...['', ' ', 7, null, true, ['user_ada'], { id: 1 }, 'x'.repeat(2000)],
      ...['user_ada\u0000', 'user_ada\n', 'user_\ud800'],
    ]
      // A JWT template gives it to a person without an organization.
      .filter((value) => claim !== 'org_id' || value !== null)
      .map(
        (value): Attack => [
          `${claim} ${JSON.stringify(value).slice(0, 20)}`,
          claiming(() => ({ [claim]: value })),
        ],
      ),
  ),
];

/** A number in JSON that is larger than any number in JavaScript. */
function overflowing(claim: string): string {
  return JSON.stringify({ ...issuer.claims(), [claim]: 0 }).replace(`"${claim}":0`, `"${claim}":1e999`);
}

/** Every refused token gets the same response, which gives no reason. */
async function expectRefused(token: string): Promise<void> {
  const description = 'The access token is missing, expired or not valid for this resource';
  for (const request of [toolCall, legacyToolCall]) {
    const response = await postMcp(app.appUrl, token, request('store', { text: 'by an attacker' }));
    expect({ status: response.status, challenge: response.headers.get('www-authenticate') }).toEqual({
      status: 401,
      challenge: `Bearer error="invalid_token", error_description="${description}", resource_metadata="${app.appUrl}/.well-known/oauth-protected-resource/mcp", scope="openid profile${request === toolCall ? '' : ' offline_access'}"`,
    });
    expect(await response.json()).toEqual({ error: 'invalid_token', error_description: description });
  }
}

async function call(token: string, name: string, args = {}) {
  const response = await postMcp(app.appUrl, token, toolCall(name, args));
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe.each([
  ['keys and signatures', KEYS],
  ['headers and forms', HEADERS],
  ['claims', CLAIMS],
])('a token is refused for its %s', (_group, attacks) => {
  test.each(attacks)('%s', async (_what, token) => expectRefused(await token()));
});

describe('a token header', () => {
  test('does not make the server fetch a key, whichever field names it', () =>
    expect(evil.seen.connections).toBe(0));

  test('with an unknown key does not make the server fetch the key set each time', async () => {
    const before = issuer.requests.length;
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        call(signedByIssuer(issuer, { kid: `guess-${index}` }, issuer.claims()), 'identity'),
      ),
    );
    expect(issuer.requests.length - before).toBeLessThanOrEqual(1);
  });

  test('with key material is ignored when the signature is valid', async () => {
    const token = signedByIssuer(
      issuer,
      { jwk: stranger.key().publicJwk, jku: `${evil.url}/jwks`, x5u: `${evil.url}/cert` },
      issuer.claims(),
    );
    expect((await call(token, 'identity')).status).toBe(200);
    expect(evil.seen.connections).toBe(0);
  });
});

describe('the clock tolerance applies to a token that is', () => {
  test.each([
    ['8 s past its exp', { exp: -8, iat: -300 }, 200],
    ['12 s past its exp', { exp: -12, iat: -300 }, 401],
    ['8 s before its iat', { iat: 8, exp: 300 }, 200],
    ['14 s before its iat', { iat: 14, exp: 300 }, 401],
  ])('%s', async (_what, { iat, exp }, status) => {
    const token = await issuer.token({ iat: now() + iat, exp: now() + exp });
    expect((await call(token, 'identity')).status).toBe(status);
  });
});

describe('the scope claim', () => {
  test.each<[string, unknown]>([
    ['as a list', ['openid', 'profile', 'email']],
    ['as an object', { openid: true, profile: true }],
    ['with names that contain the scopes', 'openid-connect profiles emails'],
    ['with prefixes of the scopes', 'openi profil'],
    ['in upper case', 'OPENID PROFILE'],
    ['with other separators', 'openid,profile'],
    ['with tabs', 'openid\tprofile'],
    ['empty', ''],
    ['null', null],
    ['with one of two', 'openid'],
  ])('%s does not grant the base scopes', async (_what, scope) => {
    const { status, headers } = await call(await issuer.token({ scope }), 'store', { text: 'scope' });
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(headers.get('www-authenticate')).toContain('scope="openid profile"');
  });

  test.each<[string, unknown]>([
    ['with the base scopes', 'openid profile'],
    ['with names that contain email', 'openid profile email-read xemail'],
  ])('%s does not give access to a tool that needs email', async (_what, scope) => {
    const { status, headers } = await call(await issuer.token({ scope }), 'scoped');
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toMatch(/scope="openid profile email"/);
  });

  test('that is absent does not give access to a tool that needs email, and promises no step-up', async () => {
    const { status, text, headers } = await call(await issuer.token({ scope: undefined }), 'scoped');
    expect([status, headers.has('www-authenticate')]).toEqual([200, false]);
    expect(JSON.parse(text).result.isError).toBe(true);
  });

  test.each<[string, unknown]>([
    ['a string', 'connections:revoke'],
    ['a nested list', [['connections:revoke']]],
    ['similar names', ['connections:revoke:own', 'connections']],
    ['an object', { 'connections:revoke': true }],
  ])('a permissions claim of %s grants no permission', async (_what, permissions) => {
    const token = await issuer.token({ permissions });
    const { status, text } = await call(token, 'revoke', { id: 'x' });
    expect(status).toBe(200);
    expect(JSON.parse(text).result).toMatchObject({ isError: true });
    expect(text).toContain('This needs the permission');
  });
});

test('an edited payload under a valid signature is refused, also right after the token was accepted', async () => {
  const token = await issuer.token();
  expect((await call(token, 'identity')).status).toBe(200);
  const [head, , signature] = token.split('.');
  for (const changes of [
    { sub: 'user_ben' },
    { permissions: ['connections:revoke'] },
    { scope: 'openid profile email' },
  ]) {
    const payload = Buffer.from(JSON.stringify(issuer.claims(changes))).toString('base64url');
    await expectRefused(`${head}.${payload}.${signature}`);
  }
});

test('no tool ran for the person of the refused tokens', async () => {
  const { text } = await call(await issuer.token(), 'stored');
  expect(JSON.parse(text).result.structuredContent).toEqual({ texts: [] });
});
