import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outboundFetch } from '#dev/authkit/oauth/outbound.ts';
import { changeBehaviour, resetBehaviour } from '#tests/support/local-authkit.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { authorizationRequest, authorize, connect, token, verified } from './oauth-client.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ behaviour: { privateKeyJwt: true, issInResponse: true } });
});
afterAll(() => standIn.close());

async function register(metadata: object) {
  const response = await fetch(`${standIn.authkit.url}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  });
  const body = (await response.json()) as Record<string, string>;
  return { status: response.status, body };
}

/** What the page shows to a person who comes with this client. */
async function page(clientId: string, redirectUri = 'http://localhost:5000/callback') {
  const { url } = authorizationRequest(standIn.authkit.url, { clientId, redirectUri });
  const headers = { accept: 'text/html' };
  const first = await fetch(url, { redirect: 'manual', headers });
  const location = first.headers.get('location') ?? '';
  if (!location.startsWith('/oauth2/error')) return { status: first.status, text: await first.text() };
  expect(first.status).toBe(302);
  const response = await fetch(new URL(location, url), { headers });
  return { status: response.status, text: await response.text(), error: location };
}

describe('a client that registers itself', () => {
  test('may be sent back to any port of this machine', async () => {
    const { body } = await register({
      client_name: 'Old client',
      redirect_uris: ['http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
    });
    const answer = await connect(standIn.authkit.url, {
      clientId: body.client_id ?? '',
      redirectUri: 'http://127.0.0.1:50123/callback',
      resource: standIn.resource,
    });
    await verified(standIn.authkit.url, answer.access_token, standIn.resource);
  });

  test('without an authentication method gets a secret, and needs it', async () => {
    const { status, body } = await register({ redirect_uris: ['https://app.example/callback'] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ token_endpoint_auth_method: 'client_secret_basic' });
    const request = { clientId: body.client_id ?? '', redirectUri: 'https://app.example/callback' };
    const { code, verifier } = await authorize(standIn.authkit.url, request);
    const fields = {
      grant_type: 'authorization_code',
      redirect_uri: request.redirectUri,
      code,
      code_verifier: verifier,
    };
    const without = await token(standIn.authkit.url, { ...fields, client_id: request.clientId });
    expect(without).toMatchObject({ status: 401, error: 'invalid_client' });
    const response = await fetch(`${standIn.authkit.url}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${body.client_id}:${body.client_secret}`)}` },
      body: new URLSearchParams(fields),
    });
    expect(response.status).toBe(200);
  });

  test('may write null for any optional member', async () => {
    const { status, body } = await register({
      client_name: null,
      redirect_uris: ['http://localhost/callback'],
      grant_types: null,
      token_endpoint_auth_method: 'none',
      logo_uri: null,
      jwks: null,
      contacts: null,
      scope: null,
    });
    expect(status).toBe(201);
    const answer = await connect(standIn.authkit.url, {
      clientId: body.client_id ?? '',
      redirectUri: 'http://localhost:5008/callback',
      resource: standIn.resource,
    });
    await verified(standIn.authkit.url, answer.access_token, standIn.resource);
  });

  test('gets an error that it does not exist when it was never registered', async () => {
    const { status, error } = await page('client_01UNKNOWN');
    expect(status).toBe(400);
    expect(error).toContain('error=application_not_found');
  });

  test('with a scope can still ask for more later', async () => {
    const { status, body } = await register({
      redirect_uris: ['http://localhost/callback'],
      token_endpoint_auth_method: 'none',
      scope: 'openid profile mcp:tools',
    });
    expect(status).toBe(201);
    const answer = await connect(standIn.authkit.url, {
      clientId: body.client_id ?? '',
      redirectUri: 'http://localhost:5001/callback',
      scope: 'openid profile email',
      resource: standIn.resource,
    });
    expect(answer.scope).toBe('openid profile email');
  });

  test.each([
    ['plain http to another machine', { redirect_uris: ['http://evil.example/callback'] }],
    ['plain http that only looks local', { redirect_uris: ['http://localhost.evil.example/callback'] }],
    ['a script', { redirect_uris: ['javascript:alert(1)'] }],
    ['no redirect', {}],
    ['null for its redirects', { redirect_uris: null }],
    ['an empty list of redirects', { redirect_uris: [], grant_types: [], response_types: [] }],
    ['redirects that are not texts', { redirect_uris: [{ a: 1 }] }],
    ['a redirect with a fragment', { redirect_uris: ['https://app.example/#x'] }],
  ])('is refused with %s', async (_what, metadata) => {
    const { status, body } = await register({ token_endpoint_auth_method: 'none', ...metadata });
    expect(status).toBe(400);
    expect(body.error).toMatch(/^invalid_(redirect_uri|client_metadata)$/);
  });
});

describe('a client metadata document', () => {
  const redirect_uris = ['http://localhost/callback'];

  test('that offers a key authenticates with it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const id = clientId('with-key');
    standIn.documents.set('with-key', {
      client_id: id,
      redirect_uris,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }] },
    });
    const redirectUri = 'http://localhost:5002/callback';
    const { code, verifier } = await authorize(standIn.authkit.url, { clientId: id, redirectUri });
    const assertion = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(standIn.authkit.url)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
    const fields = {
      grant_type: 'authorization_code',
      client_id: id,
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    };
    expect(await token(standIn.authkit.url, fields)).toMatchObject({ status: 401, error: 'invalid_client' });
    const answer = await token(standIn.authkit.url, {
      ...fields,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['names another client', { client_id: 'https://client.test/other.json', redirect_uris }],
    ['holds a secret', { redirect_uris, client_secret: 'hush' }],
    ['wants a secret', { redirect_uris, token_endpoint_auth_method: 'client_secret_post' }],
    ['redirects to plain http elsewhere', { redirect_uris: ['http://evil.example/callback'] }],
    ['has no redirect', {}],
    ['is larger than the cap', { redirect_uris, client_name: 'x'.repeat(6000) }],
  ])('that %s is refused before anybody signs in', async (what, document) => {
    const name = what.replaceAll(' ', '-');
    standIn.documents.set(name, { client_id: clientId(name), ...document });
    const { status, text, error } = await page(clientId(name));
    expect(error).toContain('error=invalid_client_metadata');
    expect(status).toBe(400);
    expect(text).toContain('data-testid="error"');
  });

  test('is not looked for behind a redirect', async () => {
    standIn.documents.set('moved', (response) => {
      response.writeHead(302, { location: '/elsewhere.json' }).end();
    });
    standIn.documents.set('elsewhere', { client_id: clientId('moved'), redirect_uris });
    expect((await page(clientId('moved'))).text).toContain('unexpected response status 302');
  });

  test('is not fetched from this machine under any other name than the reserved one', async () => {
    const { port } = new URL(standIn.appUrl);
    standIn.documents.set('ssrf', { redirect_uris });
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      const { status, text } = await page(`https://${host}/ssrf.json`);
      expect(status).toBe(400);
      expect(text).toMatch(/fetch failed|cannot reach/);
    }
  });

  test('whose host does not answer this machine is not said to be the fault of the client', async () => {
    const { text } = await page('https://no-such-host.invalid/client.json');
    expect(text).toContain('This machine cannot reach no-such-host.invalid');
    expect(text).toContain('AUTHKIT_CIMD=off');
  });

  test('is announced and accepted only while the switch is on', async () => {
    standIn.documents.set('switched', { client_id: clientId('switched'), redirect_uris });
    const announced = async () =>
      (await fetch(`${standIn.authkit.url}/.well-known/oauth-authorization-server`)).json();
    expect(await announced()).toHaveProperty('client_id_metadata_document_supported', true);
    expect((await page(clientId('switched'))).status).toBe(303);
    await changeBehaviour(standIn.authkit.url, { cimd: false });
    expect(await announced()).not.toHaveProperty('client_id_metadata_document_supported');
    expect((await page(clientId('switched'))).error).toContain('error=invalid_client_metadata');
    await resetBehaviour(standIn.authkit.url);
  });

  test('is not fetched at all without the guard against requests to this network', async () => {
    const fetchDocument = outboundFetch(standIn.appUrl);
    await expect(fetchDocument('https://client.example/doc.json', {})).rejects.toThrow(/guard/);
    await expect(fetchDocument('http://client.test/cli.json', {})).rejects.toThrow(/guard/);
    await expect(fetchDocument('https://client.test:8443/cli.json', {})).rejects.toThrow(/guard/);
  });
});

describe('an authorization request', () => {
  beforeAll(() => {
    standIn.documents.set('cli', {
      client_id: clientId('cli'),
      redirect_uris: ['http://localhost/callback'],
    });
  });

  async function answerTo(change: (parameters: URLSearchParams) => void) {
    const { url } = authorizationRequest(standIn.authkit.url, {
      clientId: clientId('cli'),
      redirectUri: 'http://localhost:5003/callback',
      resource: standIn.resource,
    });
    change(url.searchParams);
    const response = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } });
    const location = response.headers.get('location');
    return {
      status: response.status,
      back: location === null ? undefined : new URLSearchParams(location.split(/[?#]/)[1]),
    };
  }

  test.each([
    ['without PKCE', (p: URLSearchParams) => p.delete('code_challenge'), 'invalid_request'],
    ['with plain PKCE', (p: URLSearchParams) => p.set('code_challenge_method', 'plain'), 'invalid_request'],
    [
      'for an ID token',
      (p: URLSearchParams) => p.set('response_type', 'id_token'),
      'unsupported_response_type',
    ],
    ['for an unknown scope', (p: URLSearchParams) => p.set('scope', 'mcp:tools'), 'invalid_scope'],
    [
      'for a resource with a fragment',
      (p: URLSearchParams) => p.set('resource', `${p.get('resource')}#x`),
      'invalid_target',
    ],
  ])('%s goes back with an error and the issuer', async (_what, change, error) => {
    const { back } = await answerTo(change);
    expect(back?.get('error')).toBe(error);
    expect(back?.get('iss')).toBe(standIn.authkit.url);
  });

  test.each([
    ['an unregistered path', 'http://localhost:5003/other'],
    ['another host', 'https://evil.example/callback'],
  ])('to %s goes nowhere', async (_what, redirectUri) => {
    const { status, back } = await answerTo((p) => p.set('redirect_uri', redirectUri));
    expect(status).toBe(400);
    expect(back).toBeUndefined();
  });
});
