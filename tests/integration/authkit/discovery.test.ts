import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeBehaviour } from '#tests/support/local-authkit.ts';
import { type StandIn, startStandIn } from './fake-app.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(() => standIn.close());

async function document(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${standIn.authkit.url}${path}`);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  return (await response.json()) as Record<string, unknown>;
}

describe('what a client discovers', () => {
  test('the authorization server metadata has the shape of AuthKit', async () => {
    const { url } = standIn.authkit;
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(await document('/.well-known/oauth-authorization-server')).toMatchObject({
      issuer: url,
      authorization_endpoint: `${url}/oauth2/authorize`,
      token_endpoint: `${url}/oauth2/token`,
      jwks_uri: `${url}/oauth2/jwks`,
      introspection_endpoint: `${url}/oauth2/introspection`,
      registration_endpoint: `${url}/oauth2/register`,
      client_id_metadata_document_supported: true,
      scopes_supported: ['email', 'offline_access', 'openid', 'profile'],
      code_challenge_methods_supported: ['S256'],
      device_authorization_endpoint: `${url}/oauth2/device_authorization`,
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'client_secret_basic'],
    });
  });

  test('the OpenID configuration says nothing of client metadata documents or registration', async () => {
    const configuration = await document('/.well-known/openid-configuration');
    expect(configuration.issuer).toBe(standIn.authkit.url);
    expect(configuration).not.toHaveProperty('client_id_metadata_document_supported');
    expect(configuration).not.toHaveProperty('registration_endpoint');
  });

  test('the keys have ids and no private part', async () => {
    const { keys } = (await document('/oauth2/jwks')) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', kid: expect.any(String) });
    expect(keys[0]).not.toHaveProperty('d');
  });

  const preflight = (path: string, origin: string) =>
    fetch(`${standIn.authkit.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type, mcp-protocol-version',
      },
    });
  const post = (path: string, origin: string) =>
    fetch(`${standIn.authkit.url}${path}`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: '{}',
    });

  test('a client in a browser may register itself', async () => {
    const allowed = await preflight('/oauth2/register', 'https://client.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('*');
    const refused = await post('/oauth2/register', 'https://client.example');
    expect(refused.status).toBe(400);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('the token endpoint can be read by configured origins only, and every preflight succeeds', async () => {
    await changeBehaviour(standIn.authkit.url, { corsOrigins: ['https://client.example'] });
    for (const origin of ['https://client.example', 'https://other.example']) {
      const allowed = await preflight('/oauth2/token', origin);
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
      expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(
        'mcp-protocol-version',
      );
      const refused = await post('/oauth2/token', origin);
      expect(refused.status).toBe(400);
      const readable = origin === 'https://client.example' ? origin : null;
      expect(refused.headers.get('access-control-allow-origin')).toBe(readable);
    }
  });

  test('both address families of localhost answer', async () => {
    const { port } = new URL(standIn.authkit.url);
    const answers = await Promise.allSettled(
      [`http://127.0.0.1:${port}`, `http://[::1]:${port}`].map((origin) => fetch(`${origin}/oauth2/jwks`)),
    );
    // A machine without IPv6 has the first only.
    expect(answers[0]).toMatchObject({ status: 'fulfilled', value: { status: 200 } });
    for (const answer of answers) if (answer.status === 'fulfilled') expect(answer.value.status).toBe(200);
  });
});
