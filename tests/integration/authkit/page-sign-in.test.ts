import { WorkOS } from '@workos-inc/node';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CookieJar } from '#dev/authkit/driver.ts';
import { ACME } from '#dev/authkit/state/directory.ts';
import { ADA, BEN } from '#dev/authkit/state/people.ts';
import { approve } from '#tests/support/sign-in.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { authorize } from './oauth-client.ts';

let standIn: StandIn;
let workos: WorkOS;

beforeAll(async () => {
  standIn = await startStandIn();
  standIn.documents.set('cli', { client_id: clientId('cli'), redirect_uris: ['http://localhost/callback'] });
  workos = sdk('sk_test_local');
});
afterAll(() => standIn.close());

function sdk(apiKey: string): WorkOS {
  const { hostname, port } = new URL(standIn.authkit.url);
  return new WorkOS(apiKey, {
    clientId: 'client_local',
    apiHostname: hostname,
    https: false,
    port: Number(port),
  });
}

/** Signs in as `authkit-nextjs` does. */
async function signIn(account: string, jar: CookieJar = new Map()) {
  const { codeVerifier, ...challenge } = await workos.pkce.generate();
  const authorizationUrl = workos.userManagement.getAuthorizationUrl({
    provider: 'authkit',
    clientId: 'client_local',
    redirectUri: `${standIn.appUrl}/callback`,
    screenHint: 'sign-in',
    state: 'sealed',
    ...challenge,
  });
  const redirect = await approve(authorizationUrl, { account, jar });
  return { redirect, code: redirect.searchParams.get('code') ?? '', codeVerifier };
}

function authenticate(code: string, codeVerifier: string) {
  return workos.userManagement.authenticateWithCode({ clientId: 'client_local', code, codeVerifier });
}

describe('signing in to the pages', () => {
  test('answers the SDK with the user, an organization and tokens of their own issuer and key', async () => {
    const { redirect, code, codeVerifier } = await signIn('ada');
    expect(redirect.href).toContain(`${standIn.appUrl}/callback?code=`);
    expect(redirect.searchParams.get('state')).toBe('sealed');
    const session = await authenticate(code, codeVerifier);
    expect(session.user).toMatchObject({ id: ADA.id, email: 'ada@example.com', firstName: 'Ada' });
    expect(session.organizationId).toBe(ACME.id);

    const keys = createRemoteJWKSet(new URL(workos.userManagement.getJwksUrl('client_local')));
    const { payload } = await jwtVerify(session.accessToken, keys);
    expect(payload).toMatchObject({
      sub: ADA.id,
      role: 'admin',
      permissions: ['connections:revoke', 'organization:manage'],
    });
    expect(payload.iss).not.toBe(standIn.authkit.url);
    const oauthKeys = createRemoteJWKSet(new URL(`${standIn.authkit.url}/oauth2/jwks`));
    await expect(jwtVerify(session.accessToken, oauthKeys)).rejects.toThrow();
  });

  test('a code works once, and only with its verifier', async () => {
    const first = await signIn('ada');
    await authenticate(first.code, first.codeVerifier);
    await expect(authenticate(first.code, first.codeVerifier)).rejects.toThrow(/invalid/);
    const second = await signIn('ada');
    await expect(authenticate(second.code, first.codeVerifier)).rejects.toThrow(/invalid/);
    await expect(authenticate(second.code, second.codeVerifier)).rejects.toThrow(/invalid/);
  });

  test('the SDK renews the session, which keeps its id', async () => {
    const { code, codeVerifier } = await signIn('ben');
    const session = await authenticate(code, codeVerifier);
    const renewed = await workos.userManagement.authenticateWithRefreshToken({
      clientId: 'client_local',
      refreshToken: session.refreshToken,
    });
    expect(decodeJwt(renewed.accessToken).sid).toBe(decodeJwt(session.accessToken).sid);
    expect(renewed.user.id).toBe(BEN.id);
  });

  test('signing out ends the session and the browser has to sign in again', async () => {
    const jar: CookieJar = new Map();
    const { code, codeVerifier } = await signIn('ben', jar);
    const session = await authenticate(code, codeVerifier);
    const { sid } = decodeJwt<{ sid: string }>(session.accessToken);
    const logout = workos.userManagement.getLogoutUrl({ sessionId: sid, returnTo: `${standIn.appUrl}/` });
    const cookie = [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const response = await fetch(logout, { redirect: 'manual', headers: { cookie } });
    expect(response.headers.get('location')).toBe(`${standIn.appUrl}/`);
    await expect(
      workos.userManagement.authenticateWithRefreshToken({
        clientId: 'client_local',
        refreshToken: session.refreshToken,
      }),
    ).rejects.toThrow(/already ended/);
    const again = await signIn('ada', jar);
    const next = await authenticate(again.code, again.codeVerifier);
    expect(next.user.id).toBe(ADA.id);
  });

  test('who signed in to the pages is the one a client then acts for, without choosing again', async () => {
    const jar: CookieJar = new Map();
    await signIn('someone@example.org', jar);
    const pages: string[] = [];
    const { redirect } = await authorize(standIn.authkit.url, {
      clientId: clientId('cli'),
      redirectUri: 'http://localhost:5999/callback',
      jar,
      onPage: (html) => pages.push(html),
    });
    expect(redirect.searchParams.get('code')).toBeTruthy();
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain('someone@example.org');
  });
});

describe('the WorkOS API', () => {
  test('answers about a user, and only with the API key', async () => {
    const user = await workos.userManagement.getUser(BEN.id);
    expect(user).toMatchObject({ id: BEN.id, email: 'ben@example.com', lastName: 'Member' });
    await expect(workos.userManagement.getUser('user_unknown')).rejects.toMatchObject({ status: 404 });
    await expect(sdk('sk_other').userManagement.getUser(BEN.id)).rejects.toMatchObject({ status: 401 });
  });
});
