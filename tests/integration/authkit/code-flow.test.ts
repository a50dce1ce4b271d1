import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACME } from '#dev/authkit/state/directory.ts';
import { ADA, BEN } from '#dev/authkit/state/people.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { authorize, connect, refresh, token, verified } from './oauth-client.ts';

const REDIRECT = 'http://localhost:51234/callback';
let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn();
  standIn.documents.set('cli', {
    client_id: clientId('cli'),
    client_name: 'Test CLI',
    redirect_uris: ['http://localhost/callback'],
  });
});
afterAll(() => standIn.close());

describe('a client known by its metadata document', () => {
  test('gets a token for the resource it asked for, in the name of who signed in', async () => {
    const { authkit, resource } = standIn;
    const { redirect, verifier, code } = await authorize(authkit.url, {
      clientId: clientId('cli'),
      redirectUri: REDIRECT,
      scope: 'openid profile',
      resource,
      account: 'ada',
    });
    expect(redirect.origin + redirect.pathname).toBe(REDIRECT);
    expect(redirect.searchParams.has('iss')).toBe(false);
    expect(redirect.searchParams.get('state')).toBe('the-state');

    const answer = await token(authkit.url, {
      grant_type: 'authorization_code',
      client_id: clientId('cli'),
      redirect_uri: REDIRECT,
      code,
      code_verifier: verifier,
      resource,
    });
    expect(answer).toMatchObject({ status: 200, scope: 'openid profile', expires_in: 900 });
    const claims = await verified(authkit.url, answer.access_token, resource);
    expect(claims).toMatchObject({
      iss: authkit.url,
      aud: resource,
      sub: ADA.id,
      client_id: clientId('cli'),
      scope: 'openid profile',
      org_id: ACME.id,
      sid: expect.stringMatching(/^app_consent_/),
    });
    expect(claims).not.toHaveProperty('permissions');
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
  });

  test('gets an error when the person denies', async () => {
    const { redirect } = await authorize(standIn.authkit.url, {
      clientId: clientId('cli'),
      redirectUri: REDIRECT,
      resource: standIn.resource,
      decision: 'deny',
    });
    expect(Object.fromEntries(redirect.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
    });
  });

  test('without a scope gets the base scopes, and without a resource a token for the environment', async () => {
    const answer = await connect(standIn.authkit.url, { clientId: clientId('cli'), redirectUri: REDIRECT });
    const claims = await verified(standIn.authkit.url, answer.access_token, 'client_local');
    expect(claims.scope).toBe('openid profile');
  });

  test('gets a token for the environment when the resource is not registered', async () => {
    const answer = await connect(standIn.authkit.url, {
      clientId: clientId('cli'),
      redirectUri: REDIRECT,
      resource: 'https://other.example/mcp',
    });
    await verified(standIn.authkit.url, answer.access_token, 'client_local');
  });

  test('with offline_access renews its token, once for each refresh token', async () => {
    const { authkit, resource } = standIn;
    const first = await connect(authkit.url, {
      clientId: clientId('cli'),
      redirectUri: REDIRECT,
      scope: 'openid profile offline_access',
      resource,
      account: 'ben',
    });
    const before = await verified(authkit.url, first.access_token, resource);
    const second = await refresh(authkit.url, clientId('cli'), first.refresh_token ?? '');
    const after = await verified(authkit.url, second.access_token, resource);
    expect(after).toMatchObject({ sub: BEN.id, sid: before.sid });

    const replayed = await refresh(authkit.url, clientId('cli'), first.refresh_token ?? '');
    expect(replayed).toMatchObject({ status: 400, error: 'invalid_grant' });
    const family = await refresh(authkit.url, clientId('cli'), second.refresh_token ?? '');
    expect(family).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('that needs more scopes asks again, and its next token has all of them', async () => {
    const { authkit, resource } = standIn;
    const request = {
      clientId: clientId('cli'),
      redirectUri: REDIRECT,
      resource,
      account: 'ada',
      jar: new Map(),
    };
    const base = await connect(authkit.url, { ...request, scope: 'openid profile' });
    expect(base.scope).toBe('openid profile');
    const more = await connect(authkit.url, { ...request, scope: 'openid profile email' });
    const claims = await verified(authkit.url, more.access_token, resource);
    expect(claims.scope).toBe('openid profile email');
  });
});
