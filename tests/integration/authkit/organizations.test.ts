import { WorkOS } from '@workos-inc/node';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '#dev/authkit/driver.ts';
import { ADA, CLEO, PAT } from '#dev/authkit/state/people.ts';
import { changeBehaviour, resetBehaviour, workosRequest } from '#tests/support/local-authkit.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { connect, refresh, verified } from './oauth-client.ts';

let standIn: StandIn;
let workos: WorkOS;
beforeAll(async () => {
  standIn = await startStandIn();
  standIn.documents.set('cli', { client_id: clientId('cli'), redirect_uris: ['http://localhost/callback'] });
  const { hostname, port } = new URL(standIn.authkit.url);
  const clientOptions = { clientId: 'client_local', apiHostname: hostname, https: false, port: Number(port) };
  workos = new WorkOS('sk_test_local', clientOptions);
});
afterAll(() => standIn.close());

const request = (method: string, path: string, body?: object) =>
  workosRequest(standIn.authkit.url, method, path, body);

async function tokenIn(organization: string | undefined, account = 'cleo') {
  const answer = await connect(standIn.authkit.url, {
    clientId: clientId('cli'),
    redirectUri: 'http://localhost:5011/callback',
    scope: 'openid profile offline_access',
    resource: standIn.resource,
    account,
    organization,
  });
  return { ...answer, claims: await verified(standIn.authkit.url, answer.access_token, standIn.resource) };
}

/** The code of a sign-in to the pages. */
async function pageCode(account: string, organization?: string): Promise<string> {
  const query = {
    client_id: 'client_local',
    response_type: 'code',
    redirect_uri: `${standIn.appUrl}/callback`,
  };
  const authorizationUrl = `${standIn.authkit.url}/user_management/authorize?${new URLSearchParams(query)}`;
  return (await signIn({ authorizationUrl, account, organization })).searchParams.get('code') ?? '';
}

const authenticate = (code: string) =>
  workos.userManagement.authenticateWithCode({ clientId: 'client_local', code });

describe('a person with several organizations', () => {
  test('allows a client in one of them, with a consent for each', async () => {
    const { data } = await workos.userManagement.listOrganizationMemberships({ userId: CLEO.id });
    expect(data.map(({ role }) => role.slug).sort()).toEqual(['admin', 'member']);
    const acme = await tokenIn('Acme');
    const globex = await tokenIn('Globex');
    expect(new Set(data.map(({ organizationId }) => organizationId))).toEqual(
      new Set([acme.claims.org_id, globex.claims.org_id]),
    );
    expect(acme.claims.sid).not.toBe(globex.claims.sid);
    expect((await tokenIn('Acme')).claims.sid).toBe(acme.claims.sid);
    const listed = await request('GET', `/user_management/users/${CLEO.id}/authorized_applications`);
    expect(listed.body.data).toHaveLength(2);
    const ofGlobex = await request('GET', `/organizations/${globex.claims.org_id}/authorized_applications`);
    expect(ofGlobex.body.data).toMatchObject([{ user_id: CLEO.id }]);
    const renewed = await refresh(standIn.authkit.url, clientId('cli'), globex.refresh_token ?? '');
    expect(decodeJwt(renewed.access_token).org_id).toBe(globex.claims.org_id);
  });

  test('chooses one for the pages, and can change to another', async () => {
    const session = await authenticate(await pageCode('cleo', 'Globex'));
    const other = (await tokenIn('Acme')).claims.org_id as string;
    expect(session.organizationId).not.toBe(other);
    const { refreshToken } = session;
    const changed = await workos.userManagement.authenticateWithRefreshToken({
      clientId: 'client_local',
      refreshToken,
      organizationId: other,
    });
    expect(decodeJwt(changed.accessToken)).toMatchObject({ org_id: other, role: 'admin' });
  });

  test('is asked by an error of the API when the page does not ask', async () => {
    await changeBehaviour(standIn.authkit.url, { organizationSelection: 'error' });
    const exchange = (fields: object) =>
      request('POST', '/user_management/authenticate', {
        client_id: 'client_local',
        client_secret: 'sk_test_local',
        ...fields,
      });
    const refused = await exchange({ grant_type: 'authorization_code', code: await pageCode('cleo') });
    expect(refused).toMatchObject({ status: 403, body: { code: 'organization_selection_required' } });
    const organizations = refused.body.organizations as { id: string; name: string }[];
    expect(organizations.map(({ name }) => name)).toEqual(['Acme', 'Globex']);
    const chosen = await exchange({
      grant_type: 'urn:workos:oauth:grant-type:organization-selection',
      pending_authentication_token: refused.body.pending_authentication_token,
      organization_id: organizations[1]?.id,
    });
    expect(chosen).toMatchObject({ status: 200, body: { organization_id: organizations[1]?.id } });
    await resetBehaviour(standIn.authkit.url);
  });

  test('has no tokens in an organization that they left', async () => {
    const answer = await tokenIn('Globex');
    const { data } = await workos.userManagement.listOrganizationMemberships({
      userId: CLEO.id,
      organizationId: String(answer.claims.org_id),
    });
    await workos.userManagement.deleteOrganizationMembership(data[0]?.id ?? '');
    const renewed = await refresh(standIn.authkit.url, clientId('cli'), answer.refresh_token ?? '');
    expect(renewed).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect((await tokenIn(undefined)).claims.org_id).not.toBe(answer.claims.org_id);
  });
});

describe('roles', () => {
  test('have permissions in the API, which tokens for MCP do not have', async () => {
    const { claims } = await tokenIn(undefined, 'ada');
    expect(claims).not.toHaveProperty('permissions');
    const { data } = await workos.userManagement.listOrganizationMemberships({
      userId: ADA.id,
      organizationId: String(claims.org_id),
      statuses: ['active'],
    });
    expect(data[0]).toMatchObject({ status: 'active', roles: [{ slug: 'admin' }] });
    const role = await workos.authorization.getEnvironmentRole('admin');
    expect(role.permissions).toEqual(['connections:revoke', 'organization:manage']);
    await changeBehaviour(standIn.authkit.url, { permissionsInRole: false });
    expect((await request('GET', '/authorization/roles/admin')).body).not.toHaveProperty('permissions');
    await resetBehaviour(standIn.authkit.url);
    const listed = await request('GET', '/authorization/roles/admin/permissions');
    expect(listed.body.data).toMatchObject([{ slug: 'connections:revoke' }, { slug: 'organization:manage' }]);
    const check = (permission_slug: string) =>
      request('POST', `/authorization/organization_memberships/${data[0]?.id}/check`, { permission_slug });
    expect((await check('connections:revoke')).body).toEqual({ authorized: true });
    expect((await check('connections:other')).body).toEqual({ authorized: false });
  });

  test('can permit more than a session cookie holds', async () => {
    const session = await authenticate(await pageCode('pat'));
    expect(session.user.id).toBe(PAT.id);
    expect(decodeJwt<{ permissions: string[] }>(session.accessToken).permissions).toHaveLength(60);
    expect(session.accessToken.length).toBeGreaterThan(3000);
  });
});
