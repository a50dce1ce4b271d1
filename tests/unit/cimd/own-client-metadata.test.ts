import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { clientKey } from '#lib/cimd/client-key.ts';
import { createClientMetadataReader } from '#lib/cimd/client-metadata-document.ts';
import {
  clientJwksResponse,
  clientMetadataResponse,
  ownClientMetadata,
} from '#lib/cimd/own-client-metadata.ts';
import { parseConfig } from '#lib/config/env.ts';
import { OAUTH_CALLBACK_PATHS } from '#lib/config/pages.ts';
import { clientRedirectUris } from '#lib/config/urls.ts';
import { createGuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { signedAssertion } from '#tests/support/client-assertion.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';

const configWith = (env: Record<string, string>) =>
  parseConfig({
    APP_URL: 'https://app.example.com',
    AUTHKIT_DOMAIN: 'https://example.authkit.app',
    WORKOS_API_KEY: 'sk_test_x',
    WORKOS_CLIENT_ID: 'client_x',
    WORKOS_COOKIE_PASSWORD: 'abcdefghijklmnopqrstuvwxyz0123456789',
    DATABASE_URL: 'postgres://localhost/x',
    ...env,
  });
const request = (method = 'GET', headers: Record<string, string> = {}) =>
  new Request('https://evil.example.net/oauth/client-metadata.json', {
    method,
    headers: { host: 'evil.example.net', 'x-forwarded-host': 'evil.example.net', ...headers },
  });
const pem = (type: 'ec' | 'rsa' | 'ed25519') =>
  (type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ed25519')
  ).privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

describe('our client metadata document', () => {
  test('has its URL as client_id, is JSON under 5 KB, and has the same bytes each time', async () => {
    const config = configWith({});
    const [first, second] = [
      clientMetadataResponse(request(), config),
      clientMetadataResponse(request(), config),
    ];
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe('application/json');
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    const text = await first.text();
    expect(text).toBe(await second.text());
    expect(text.length).toBeLessThan(5 * 1024);
    const redirectUris = clientRedirectUris(config, ['/somewhere/callback']);
    expect(JSON.parse(text)).toEqual(ownClientMetadata(config));
    expect(ownClientMetadata(config, redirectUris)).toEqual({
      client_id: 'https://app.example.com/oauth/client-metadata.json',
      client_name: 'MCP AuthKit Starter client',
      client_uri: 'https://app.example.com/',
      logo_uri: 'https://app.example.com/logo.png',
      redirect_uris: ['https://app.example.com/somewhere/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      application_type: 'web',
      token_endpoint_auth_method: 'none',
    });
  });

  test.each(['https://app.example.com', 'http://localhost:3000'])(
    'has the callbacks of the pages as redirect URIs, or a loopback one when no page has a callback (%s)',
    (appUrl) => {
      const config = configWith({ APP_URL: appUrl });
      const withPages = OAUTH_CALLBACK_PATHS.map((path) => `${appUrl}${path}`);
      const without = ownClientMetadata(config, clientRedirectUris(config, []));
      if (withPages.length > 0) expect(ownClientMetadata(config).redirect_uris).toEqual(withPages);
      expect(without).toMatchObject({
        redirect_uris: ['http://127.0.0.1/callback'],
        application_type: 'native',
      });
    },
  );

  test('has contacts and policies when they are configured', () => {
    const document = ownClientMetadata(
      configWith({
        CLIENT_CONTACTS: 'security@example.com ops@example.com',
        CLIENT_POLICY_URI: 'https://app.example.com/privacy',
        CLIENT_TOS_URI: 'https://app.example.com/terms',
      }),
    );
    expect(document).toMatchObject({
      contacts: ['security@example.com', 'ops@example.com'],
      policy_uri: 'https://app.example.com/privacy',
      tos_uri: 'https://app.example.com/terms',
    });
  });

  test('is not sent again to a client with the current etag', async () => {
    const config = configWith({});
    const etag = clientMetadataResponse(request(), config).headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const answer = clientMetadataResponse(request('GET', { 'if-none-match': known }), config);
      expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect(clientMetadataResponse(request('GET', { 'if-none-match': '"other"' }), config).status).toBe(200);
  });

  test('is served to GET, HEAD and OPTIONS only', async () => {
    const config = configWith({});
    const head = clientMetadataResponse(request('HEAD'), config);
    expect([head.status, await head.text()]).toEqual([200, '']);
    const preflight = clientMetadataResponse(request('OPTIONS'), config);
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const refused = clientMetadataResponse(request(method), config);
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  test.each([
    ['none', OAUTH_CALLBACK_PATHS],
    ['ec', OAUTH_CALLBACK_PATHS],
    ['rsa', OAUTH_CALLBACK_PATHS],
    ['ed25519', OAUTH_CALLBACK_PATHS],
    ['none', []],
    ['ec', []],
  ] as const)(
    'of a loopback deployment passes every rule of our own reader (key: %s, callbacks: %j)',
    async (key, callbackPaths) => {
      const app = await loopbackServer((incoming, response) => {
        const answer =
          callbackPaths.length > 0
            ? clientMetadataResponse(new Request(`${app.url}${incoming.url}`), config)
            : Response.json(ownClientMetadata(config, clientRedirectUris(config, callbackPaths)));
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        answer.text().then((text) => response.end(text));
      });
      const config = configWith({
        APP_URL: app.url,
        ...(key === 'none' ? {} : { CLIENT_PRIVATE_KEY: pem(key) }),
      });
      const read = createClientMetadataReader({
        fetch: createGuardedFetch(),
        settings: () => config,
        now: () => 0,
      });
      const reading = await read(ownClientMetadata(config).client_id);
      await app.close();
      expect(reading.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(reading.findings.filter(({ severity }) => severity === 'warning').map(({ id }) => id)).toEqual([
        'redirect-exclusive',
      ]);
      expect(reading).toMatchObject({ verified: true, host: 'client.test' });
      expect(reading.document).toMatchObject({
        application_type: 'native',
        redirect_uris: clientRedirectUris(config, callbackPaths),
      });
    },
  );
});

describe('our client’s key', () => {
  test.each([
    ['ec', 'ES256'],
    ['rsa', 'RS256'],
    ['ed25519', 'EdDSA'],
  ] as const)(
    'of kind %s is published in its public half, which verifies an assertion signed with %s',
    async (type, alg) => {
      const config = configWith({ CLIENT_PRIVATE_KEY: pem(type) });
      const jwks = (await clientJwksResponse(request(), config).json()) as JSONWebKeySet;
      const [published = {}] = jwks.keys;
      expect(published).toMatchObject({ alg, use: 'sig', kid: await calculateJwkThumbprint(published) });
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(published).not.toHaveProperty(member);
      expect(ownClientMetadata(config)).toMatchObject({
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: alg,
        jwks_uri: 'https://app.example.com/oauth/jwks.json',
      });

      const key = clientKey(config);
      if (key === undefined) throw new Error('There is a key');
      const audience = 'https://as.example.com';
      const clientId = ownClientMetadata(config).client_id;
      const assertion = await signedAssertion(key, { clientId, audience });
      const { protectedHeader } = await jwtVerify(assertion, createLocalJWKSet(jwks), { audience });
      expect(protectedHeader).toMatchObject({ alg, kid: published.kid });
    },
  );

  test('the key set is empty without a key', async () => {
    expect(await clientJwksResponse(request(), configWith({})).json()).toEqual({ keys: [] });
  });
});
