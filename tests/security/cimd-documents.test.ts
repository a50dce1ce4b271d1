import { generateKeyPairSync } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Severity } from '#lib/checks/finding.ts';
import {
  type ClientMetadataReading,
  createClientMetadataReader,
} from '#lib/cimd/client-metadata-document.ts';
import { startFakeInternet } from '#tests/support/fake-internet.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const HOST = 'client.example.com';
const CLIENT_ID = `https://${HOST}/oauth/client.json`;
const DOCUMENT = {
  client_id: CLIENT_ID,
  client_name: 'Notes for everyone',
  client_uri: `https://${HOST}/`,
  logo_uri: `https://${HOST}/logo.png`,
  redirect_uris: [`https://${HOST}/callback`],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

const json = (response: ServerResponse, document: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(document));

async function reader(
  serve: RequestListener,
  settings = { loopback: false, appUrl: 'https://app.example.org' },
) {
  const web = await startFakeInternet([HOST, 'xn--cursr-jua.example'], serve);
  closing.push(web.close);
  const clock = { now: 1000 };
  const read = createClientMetadataReader({
    fetch: web.fetch,
    settings: () => settings,
    now: () => clock.now,
  });
  return { read, web, clock };
}

/** Reads a document that differs from a correct one in `changes`; a change to undefined removes the field. */
async function readWith(changes: Record<string, unknown>): Promise<ClientMetadataReading> {
  const { read } = await reader((_request, response) => json(response, { ...DOCUMENT, ...changes }));
  return read(CLIENT_ID);
}

const idsOf = (reading: ClientMetadataReading, wanted: Severity) =>
  reading.findings.filter(({ severity }) => severity === wanted).map(({ id }) => id);

describe('a client metadata document', () => {
  test('a correct document is verified, and every finding has an observation and a reference', async () => {
    const reading = await readWith({});
    expect(reading).toMatchObject({
      verified: true,
      host: HOST,
      name: 'Notes for everyone',
      localOnly: false,
    });
    expect(idsOf(reading, 'passed')).toHaveLength(reading.findings.length);
    for (const { title, observed, reference } of reading.findings)
      expect([title, observed, reference.name]).not.toContain('');
    expect(new Set(reading.findings.map(({ id }) => id)).size).toBe(reading.findings.length);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['names another client id', { client_id: `${CLIENT_ID}x` }, 'client-id'],
    ['names it with the default port', { client_id: `https://${HOST}:443/oauth/client.json` }, 'client-id'],
    ['names it in another case', { client_id: CLIENT_ID.replace('client.e', 'Client.e') }, 'client-id'],
    ['names it with a trailing slash', { client_id: `${CLIENT_ID}/` }, 'client-id'],
    ['names it in a list', { client_id: [CLIENT_ID] }, 'client-id'],
    ['names no client id', { client_id: undefined }, 'client-id'],
    ['has a secret', { client_secret: 'hunter2hunter2' }, 'secret'],
    ['has an empty secret', { client_secret: null }, 'secret'],
    ['has an expiry of a secret', { client_secret_expires_at: 0 }, 'secret'],
    [
      'authenticates with client_secret_basic',
      { token_endpoint_auth_method: 'client_secret_basic' },
      'auth-method',
    ],
    [
      'authenticates with client_secret_post',
      { token_endpoint_auth_method: 'client_secret_post' },
      'auth-method',
    ],
    [
      'authenticates with client_secret_jwt',
      { token_endpoint_auth_method: 'client_secret_jwt' },
      'auth-method',
    ],
    ['has a list of authentication methods', { token_endpoint_auth_method: ['none'] }, 'auth-method'],
    ['has a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'private-key'],
    ['has an invalid jwks', { jwks: { keys: 'x' } }, 'private-key'],
    ['has both jwks and jwks_uri', { jwks: { keys: [] }, jwks_uri: `https://${HOST}/jwks` }, 'keys'],
    ['has no key for private_key_jwt', { token_endpoint_auth_method: 'private_key_jwt' }, 'keys'],
    ['has its keys at a private address', { jwks_uri: 'https://169.254.169.254/jwks' }, 'keys'],
    ['has its keys at an http URL', { jwks_uri: `http://${HOST}/jwks` }, 'keys'],
    ['has no redirect URI', { redirect_uris: undefined }, 'redirect-uris'],
    ['has an empty list of redirect URIs', { redirect_uris: [] }, 'redirect-uris'],
    ['has an empty redirect URI', { redirect_uris: [''] }, 'redirect-uris'],
    [
      'has a redirect URI that is not a string',
      { redirect_uris: [`https://${HOST}/cb`, 1] },
      'redirect-uris',
    ],
    ['has a redirect URI instead of a list', { redirect_uris: `https://${HOST}/cb` }, 'redirect-uris'],
    ['redirects to javascript:', { redirect_uris: ['javascript:alert(1)'] }, 'redirect-uris-safe'],
    ['redirects to JAVASCRIPT:', { redirect_uris: [' JaVaScRiPt:alert(1)'] }, 'redirect-uris-safe'],
    ['redirects to data:', { redirect_uris: ['data:text/html,x'] }, 'redirect-uris-safe'],
    ['redirects to a file', { redirect_uris: ['file:///etc/passwd'] }, 'redirect-uris-safe'],
    ['redirects to a mail address', { redirect_uris: ['mailto:a@example.com'] }, 'redirect-uris-safe'],
    ['redirects to a WebSocket', { redirect_uris: ['wss://client.example.com/cb'] }, 'redirect-uris-safe'],
    [
      'redirects to http on a public host',
      { redirect_uris: ['http://evil.example.net/cb'] },
      'redirect-uris-safe',
    ],
    [
      'redirects to a loopback look-alike',
      { redirect_uris: ['http://localhost.evil.net/'] },
      'redirect-uris-safe',
    ],
    ['redirects with a fragment', { redirect_uris: [`https://${HOST}/cb#x`] }, 'redirect-uris-safe'],
    ['redirects to a wildcard path', { redirect_uris: [`https://${HOST}/*`] }, 'redirect-uris-safe'],
    [
      'redirects to a URL with a user name',
      { redirect_uris: [`https://${HOST}@evil.net/`] },
      'redirect-uris-safe',
    ],
    [
      'redirects to an unsafe scheme as well',
      { redirect_uris: [`https://${HOST}/cb`, 'vbscript:x'] },
      'redirect-uris-safe',
    ],
    ['links to an http URL', { client_uri: `http://${HOST}/` }, 'links'],
    ['links to javascript:', { tos_uri: 'javascript:alert(1)' }, 'links'],
    ['has its logo at a private address', { logo_uri: 'https://10.0.0.1/logo.png' }, 'links'],
    ['has its logo in a data: URL', { logo_uri: 'data:image/png;base64,AAAA' }, 'links'],
    ['links to localhost in a localized field', { 'policy_uri#de': 'https://localhost/' }, 'links'],
    ['has a name that is not a string', { client_name: { toString: 'x' } }, 'client-name'],
    ['requests a code without the grant type', { grant_types: ['client_credentials'] }, 'grants'],
    ['has grant_types that is not a list', { grant_types: 'authorization_code' }, 'grants'],
  ])('a document that %s is not verified and has an error', async (_what, changes, rule) => {
    const reading = await readWith(changes);
    expect(reading.verified).toBe(false);
    expect(idsOf(reading, 'error')).toEqual([rule]);
    expect(reading.logoUri).toBeUndefined();
    expect(JSON.stringify(reading.findings)).not.toContain('hunter2');
  });

  test.each(['rsa', 'ec', 'ed25519'])(
    'a document with a private %s key is not verified, and no finding has the key',
    async (type) => {
      const { privateKey } =
        type === 'rsa'
          ? generateKeyPairSync('rsa', { modulusLength: 1024 })
          : type === 'ec'
            ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
            : generateKeyPairSync('ed25519');
      const key = privateKey.export({ format: 'jwk' });
      const reading = await readWith({
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [key] },
      });
      expect(idsOf(reading, 'error')).toEqual(['private-key']);
      expect(JSON.stringify(reading.findings)).not.toContain(key.d);
    },
  );

  test.each<[string, Record<string, unknown>, string]>([
    ['has no authentication method', { token_endpoint_auth_method: undefined }, 'auth-method'],
    ['has no name', { client_name: undefined }, 'client-name'],
    ['has a name with a bidi override', { client_name: 'Notes\u202egnp' }, 'client-name'],
    ['redirects to another host', { redirect_uris: ['https://elsewhere.example.net/cb'] }, 'redirect-origin'],
    [
      'redirects to the user’s computer as well',
      { redirect_uris: [`https://${HOST}/cb`, 'http://localhost/cb'] },
      'redirect-exclusive',
    ],
    [
      'redirects to a private-use scheme',
      { redirect_uris: ['com.example.client:/cb'] },
      'redirect-exclusive',
    ],
    [
      'redirects to a private-use scheme beside https',
      { redirect_uris: [`https://${HOST}/cb`, 'com.example.client:/cb'] },
      'redirect-exclusive',
    ],
    ['has the name of another client', { client_name: 'Сlаudе' }, 'brand'],
    ['has its home page on another host', { client_uri: 'https://elsewhere.example.net/' }, 'links'],
    ['has keys that are not used', { jwks_uri: `https://${HOST}/jwks` }, 'keys'],
  ])('a document that %s is verified with a warning', async (_what, changes, rule) => {
    const reading = await readWith(changes);
    expect(idsOf(reading, 'error')).toEqual([]);
    expect(idsOf(reading, 'warning')).toEqual([rule]);
    expect(reading.verified).toBe(true);
  });

  test.each(['cursor://anysphere.cursor-mcp/oauth/callback', 'vscode://publisher.name/cb', 'myapp:/cb'])(
    'the private-use scheme of %s is a warning',
    async (uri) => {
      const reading = await readWith({ redirect_uris: [uri] });
      expect(idsOf(reading, 'error')).toEqual([]);
      expect(idsOf(reading, 'warning')).toEqual(['redirect-uris-safe', 'redirect-exclusive']);
      expect(reading.verified).toBe(true);
    },
  );

  test('a warning about the recipient of the code does not read as its opposite', async () => {
    const { findings } = await readWith({ redirect_uris: ['http://localhost/cb'] });
    expect(findings.find(({ id }) => id === 'redirect-exclusive')?.title).toMatch(
      /^Any program .* could receive/,
    );
  });

  test('a document that redirects only to the user’s computer has a warning that any program there can be this client', async () => {
    const reading = await readWith({ redirect_uris: ['http://127.0.0.1:8080/cb', 'http://[::1]/cb'] });
    expect(reading).toMatchObject({ verified: true, localOnly: true });
    const finding = reading.findings.find(({ id }) => id === 'redirect-exclusive');
    expect(finding?.observed).toMatch(/any program there can claim to be this client/);
  });

  test.each<[string, RequestListener, string]>([
    [
      'redirects to a correct one',
      (request, response) =>
        request.url === '/next'
          ? json(response, DOCUMENT)
          : response.writeHead(302, { location: `https://${HOST}/next` }).end(),
      'status',
    ],
    [
      'is 201',
      (_request, response) =>
        response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(DOCUMENT)),
      'status',
    ],
    [
      'is 404 with a correct body',
      (_request, response) =>
        response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(DOCUMENT)),
      'status',
    ],
    [
      'is HTML',
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end(JSON.stringify(DOCUMENT)),
      'media-type',
    ],
    [
      'has no media type',
      (_request, response) => response.writeHead(200).end(JSON.stringify(DOCUMENT)),
      'media-type',
    ],
    [
      'has a media type that begins like JSON',
      (_request, response) => json(response, DOCUMENT, { 'content-type': 'application/jsonx' }),
      'media-type',
    ],
    ['is a list', (_request, response) => json(response, [DOCUMENT]), 'json'],
    ['is null', (_request, response) => json(response, null), 'json'],
    [
      'is truncated JSON',
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"client_id":'),
      'json',
    ],
    [
      'is not UTF-8',
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x7b, 0xff, 0x7d])),
      'json',
    ],
    [
      'is too large by its content-length',
      (_request, response) => json(response, { ...DOCUMENT, pad: 'x'.repeat(6000) }),
      'size',
    ],
    [
      'is too large without a content-length',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        for (let i = 0; i < 6; i++) response.write(' '.repeat(1024));
        response.end(JSON.stringify(DOCUMENT));
      },
      'size',
    ],
    [
      'is compressed',
      (_request, response) => json(response, DOCUMENT, { 'content-encoding': 'gzip' }),
      'fetch',
    ],
    [
      'ends early',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{');
        response.destroy();
      },
      'fetch',
    ],
  ])('a document whose response %s is not verified', async (_what, serve, rule) => {
    const { read, web } = await reader(serve);
    const reading = await read(CLIENT_ID);
    expect(reading.verified).toBe(false);
    expect(idsOf(reading, 'error')).toContain(rule);
    expect(web.reached.requests).toBe(1);
  });

  test.each(['application/json; charset=utf-8', 'application/oauth-client+json', 'APPLICATION/JSON'])(
    'a document may be served as %s',
    async (type) => {
      const { read } = await reader((_request, response) =>
        json(response, DOCUMENT, { 'content-type': type }),
      );
      expect((await read(CLIENT_ID)).verified).toBe(true);
    },
  );
});

describe('a client ID', () => {
  test.each([
    ['http://client.example.com/x', 'url-https'],
    ['https://client.example.com', 'url-path'],
    ['https://client.example.com?x', 'url-path'],
    ['https://client.example.com/a/../x', 'url-dot-segments'],
    ['https://client.example.com/./x', 'url-dot-segments'],
    ['https://client.example.com/a/%2E%2e/x', 'url-dot-segments'],
    ['https://client.example.com/x#', 'url-fragment'],
    ['https://client.example.com/x#a', 'url-fragment'],
    ['https://a:b@client.example.com/x', 'url-userinfo'],
    ['https://@client.example.com/x', 'url-userinfo'],
    ['https://client.example.com:8443/x', 'url-port'],
    ['https://127.0.0.1/x', 'url-host'],
    ['https://2130706433/x', 'url-host'],
    ['https://[::1]/x', 'url-host'],
    ['https://localhost/x', 'url-host'],
    ['https://client.test/x', 'url-host'],
    ['https://client.example.com\\x', 'url'],
    ['https://client.example.com/a b', 'url'],
    ['https://client.example.com/x\n', 'url'],
    ['https://clíent.example.com/x', 'url'],
    ['client_01ABC', 'url'],
    ['', 'url'],
    [`https://client.example.com/${'x'.repeat(3000)}`, 'url'],
  ])('%s is refused, and nothing is fetched', async (clientId, rule) => {
    const { read, web } = await reader((_request, response) =>
      json(response, { ...DOCUMENT, client_id: clientId }),
    );
    const reading = await read(clientId);
    expect(idsOf(reading, 'error')).toContain(rule);
    expect(reading.verified).toBe(false);
    expect(web.dialled).toEqual([]);
  });

  test.each([
    [`https://${HOST}/x?version=1`, 'url-query'],
    [`https://${HOST}:443/x`, 'url-port'],
    [`https://${HOST}/`, 'url-path'],
    [`https://${HOST}/${'long/'.repeat(30)}`, 'url-length'],
    [`HTTPS://${HOST}/x`, 'url-form'],
  ])('%s is verified with a warning', async (clientId, rule) => {
    const { read } = await reader((_request, response) =>
      json(response, { ...DOCUMENT, client_id: clientId }),
    );
    const reading = await read(clientId);
    expect(idsOf(reading, 'warning')).toContain(rule);
    expect(reading.verified).toBe(true);
  });

  test('a client ID of the reserved host is fetched from this app on a loopback deployment and refused on any other', async () => {
    const clientId = 'https://client.test/oauth/client.json';
    const own = {
      ...DOCUMENT,
      client_id: clientId,
      client_uri: 'https://client.test/',
      logo_uri: 'https://client.test/l',
    };
    const app = await loopbackServer((request, response) =>
      request.url === '/oauth/client.json' ? json(response, own) : response.writeHead(404).end(),
    );
    closing.push(app.close);
    const { createGuardedFetch } = await import('#lib/guarded-fetch/guarded-fetch.ts');
    const readAs = (loopback: boolean) =>
      createClientMetadataReader({
        fetch: createGuardedFetch(),
        settings: () => ({ loopback, appUrl: app.url }),
        now: () => 0,
      })(clientId);
    expect(idsOf(await readAs(false), 'error')).toEqual(['url-host']);
    expect(app.seen.connections).toBe(0);
    const reading = await readAs(true);
    expect(idsOf(reading, 'error')).toEqual([]);
    expect(reading.logoUri).toBe('https://client.test/l');
  });
});

describe('the cache of documents', () => {
  const kept = async (cacheControl: string, afterSeconds: number) => {
    const { read, web, clock } = await reader((_request, response) =>
      json(response, DOCUMENT, { 'cache-control': cacheControl }),
    );
    await read(CLIENT_ID);
    clock.now += afterSeconds * 1000;
    await read(CLIENT_ID);
    return web.reached.requests === 1;
  };

  test.each<[string, number, boolean]>([
    ['max-age=600', 599, true],
    ['max-age=600', 601, false],
    ['max-age=0', 59, true],
    ['no-store', 59, true],
    ['no-store', 61, false],
    ['public, max-age=99999999', 3599, true],
    ['public, max-age=99999999', 3601, false],
    ['max-age=-5', 61, false],
    ['max-age=abc', 61, false],
  ])('with %s after %i s the document is cached: %s', async (cacheControl, seconds, expected) => {
    expect(await kept(cacheControl, seconds)).toBe(expected);
  });

  test('errors and invalid documents are not cached', async () => {
    let broken = true;
    const { read, web } = await reader((_request, response) =>
      broken
        ? json(response, { ...DOCUMENT, client_secret: 'x' }, { 'cache-control': 'max-age=3600' })
        : json(response, DOCUMENT),
    );
    expect((await read(CLIENT_ID)).verified).toBe(false);
    broken = false;
    expect((await read(CLIENT_ID)).verified).toBe(true);
    expect(web.reached.requests).toBe(2);
  });

  test('a document that was read again and is invalid is no longer cached', async () => {
    let broken = false;
    const { read } = await reader((_request, response) => json(response, broken ? [] : DOCUMENT));
    expect((await read(CLIENT_ID)).verified).toBe(true);
    broken = true;
    expect((await read(CLIENT_ID)).verified).toBe(true);
    expect((await read(CLIENT_ID, { fresh: true })).verified).toBe(false);
    expect((await read(CLIENT_ID)).verified).toBe(false);
  });
});
