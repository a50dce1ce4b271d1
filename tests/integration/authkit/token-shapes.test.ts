import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { connect, verified } from './oauth-client.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({
    behaviour: { claims: 'older', tokenType: 'JWT', accessTokenLifetimeSeconds: 60 },
  });
  standIn.documents.set('cli', { client_id: clientId('cli'), redirect_uris: ['http://localhost/callback'] });
});
afterAll(() => standIn.close());

const request = (account: string) => ({
  clientId: clientId('cli'),
  redirectUri: 'http://localhost:5004/callback',
  scope: 'openid profile',
  resource: standIn.resource,
  account,
});

describe('tokens in the older shape', () => {
  test('have no claims of the client and its scopes', async () => {
    const answer = await connect(standIn.authkit.url, request('ada'));
    const claims = await verified(standIn.authkit.url, answer.access_token, standIn.resource);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'org_id', 'sid', 'sub']);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
    expect(decodeProtectedHeader(answer.access_token)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
  });

  test('have no organization for somebody without one', async () => {
    const answer = await connect(standIn.authkit.url, request('someone@example.org'));
    const claims = await verified(standIn.authkit.url, answer.access_token, standIn.resource);
    expect(claims).not.toHaveProperty('org_id');
  });

  test('are looked up by userinfo and introspection', async () => {
    const { url } = standIn.authkit;
    const { access_token } = await connect(url, { ...request('ben'), scope: 'openid profile email' });
    const authorization = `Bearer ${access_token}`;
    const userinfo = await fetch(`${url}/oauth2/userinfo`, { headers: { authorization } });
    expect(await userinfo.json()).toMatchObject({ name: 'Ben Member', email: 'ben@example.com' });
    expect((await fetch(`${url}/oauth2/userinfo`)).status).toBe(401);

    const introspect = async (token: string, client_secret: string) => {
      const body = new URLSearchParams({ token, client_id: 'client_local', client_secret });
      return (await fetch(`${url}/oauth2/introspection`, { method: 'POST', body })).json();
    };
    expect(await introspect(access_token, 'sk_test_local')).toMatchObject({ active: true });
    expect(await introspect(`${access_token}x`, 'sk_test_local')).toEqual({ active: false });
    expect(await introspect(access_token, 'wrong')).toEqual({ error: 'invalid_client' });
  });
});
