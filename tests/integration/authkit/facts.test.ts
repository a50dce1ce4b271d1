import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '#dev/authkit/driver.ts';
import { FACTS } from '#dev/authkit/facts.ts';
import type { Behaviour } from '#dev/authkit/options.ts';
import { ACME } from '#dev/authkit/state/directory.ts';
import { ADA, BEN, CLEO } from '#dev/authkit/state/people.ts';
import { changeBehaviour, resetBehaviour, workosRequest } from '#tests/support/local-authkit.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import {
  type Authorization,
  authorizationRequest,
  authorize,
  connect,
  refresh,
  token,
} from './oauth-client.ts';

type FactId = (typeof FACTS)[number]['id'];

const CLI = clientId('cli');
const REDIRECT = 'http://localhost:5012/callback';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const RESOURCES = '/user_management/authkit_oauth_resources';
const grantsOf = (userId: string) => `/user_management/users/${userId}/authorized_applications`;

let standIn: StandIn;
let registered: string;
beforeAll(async () => {
  standIn = await startStandIn({ webhookSecret: 'whsec_facts' });
  standIn.documents.set('cli', { client_id: CLI, redirect_uris: ['http://localhost/callback'] });
  registered = await register({ redirect_uris: [REDIRECT] });
});
afterAll(() => standIn.close());
afterEach(() => resetBehaviour(standIn.authkit.url));

const behave = (changes: Partial<Behaviour>) => changeBehaviour(standIn.authkit.url, changes);
const api = (method: string, path: string, body?: object) =>
  workosRequest(standIn.authkit.url, method, path, body);

async function register(metadata: object): Promise<string> {
  return String((await registration(metadata)).client_id);
}

async function registration(metadata: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${standIn.authkit.url}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token_endpoint_auth_method: 'none', ...metadata }),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** A hand-made application. */
async function application(body: object) {
  return (await api('POST', '/_local/applications', body)).body as {
    client_id: string;
    client_secret: string;
  };
}

async function atTokenEndpoint(fields: Record<string, string | undefined>): Promise<Record<string, unknown>> {
  const body = new URLSearchParams(JSON.parse(JSON.stringify(fields)));
  const response = await fetch(`${standIn.authkit.url}/oauth2/token`, { method: 'POST', body });
  return (await response.json()) as Record<string, unknown>;
}

/** A client connects for Ben; answers its tokens and the claims of the access token. */
async function connected(request: Partial<Authorization> = {}) {
  const answer = await connect(standIn.authkit.url, {
    clientId: CLI,
    redirectUri: REDIRECT,
    account: 'ben',
    scope: 'openid profile offline_access',
    resource: standIn.resource,
    ...request,
  });
  return { ...answer, claims: decodeJwt<Record<string, unknown>>(answer.access_token) };
}

const renew = (refreshToken = '') => refresh(standIn.authkit.url, CLI, refreshToken);

type Row = {
  granted_scopes: string[];
  oauth_resource?: string;
  user_id?: string;
  application: { id: string; client_id: string; is_first_party: boolean };
};
const rows = async (path: string) => (await api('GET', path)).body.data as Row[];

async function signInToPages(authorizationUrl: string, account: string) {
  const callback = await signIn({ authorizationUrl, account });
  const fields = {
    grant_type: 'authorization_code',
    client_id: 'client_local',
    client_secret: 'sk_test_local',
  };
  const code = callback.searchParams.get('code');
  return { callback, ...(await api('POST', '/user_management/authenticate', { ...fields, code })) };
}

const CASES: Record<Exclude<FactId, Untested>, () => Promise<void>> = {
  async 'token-claims'() {
    const names = ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'org_id', 'scope', 'sid', 'sub'];
    const first = await connected();
    const dynamic = await connected({ clientId: registered });
    const renewed = decodeJwt((await renew(first.refresh_token)).access_token);
    for (const claims of [first.claims, dynamic.claims, renewed])
      expect(Object.keys(claims).sort()).toEqual(names);
    expect((await connected({ account: 'none@example.org' })).claims).not.toHaveProperty('org_id');
    await behave({ claims: 'older' });
    const older = names.filter((name) => name !== 'client_id' && name !== 'scope');
    expect(Object.keys((await connected()).claims).sort()).toEqual(older);
  },
  async 'no-permissions'() {
    const { claims } = await connected({ account: 'ada' });
    expect(claims).not.toHaveProperty('permissions');
    const { body } = await api('GET', `/user_management/organization_memberships?user_id=${ADA.id}`);
    expect(body.data).toMatchObject([{ organization_id: claims.org_id, roles: [{ slug: 'admin' }] }]);
    await behave({ claims: 'permissions' });
    expect((await connected({ account: 'ada' })).claims.permissions).toEqual([
      'connections:revoke',
      'organization:manage',
    ]);
  },
  async 'token-header'() {
    expect(Object.keys(decodeProtectedHeader((await connected()).access_token)).sort()).toEqual([
      'alg',
      'kid',
    ]);
    await behave({ tokenType: 'at+jwt' });
    expect(decodeProtectedHeader((await connected()).access_token).typ).toBe('at+jwt');
  },
  async 'token-lifetime'() {
    expect(await connected()).toMatchObject({ expires_in: 900 });
    await behave({ accessTokenLifetimeSeconds: 300 });
    expect(await connected()).toMatchObject({ expires_in: 300 });
  },
  async 'offline-access'() {
    expect((await connected({ scope: 'openid profile email' })).refresh_token).toBeUndefined();
    expect((await connected()).refresh_token).toEqual(expect.any(String));
  },
  async 'jwt-template'() {
    const jwtTemplate = { org_id: null, scope: 'openid email', role: 'admin', sub: 'user_other' };
    await behave({ jwtTemplate, clockAheadSeconds: 10, fractionalTimes: true });
    const before = Math.floor(Date.now() / 1000);
    const { claims } = await connected();
    expect(claims).toMatchObject({ org_id: null, scope: 'openid email', role: 'admin', sub: BEN.id });
    expect(Number(claims.iat)).toBeGreaterThanOrEqual(before + 10);
    expect(Number(claims.exp) - Number(claims.iat)).toBeCloseTo(900);
  },
  async 'template-audience'() {
    await behave({ jwtTemplate: { aud: 'authenticated' } });
    expect((await connected()).claims.aud).toBe('authenticated');
    await behave({ templateAudienceWins: false });
    expect((await connected()).claims.aud).toBe(standIn.resource);
  },
  async 'machine-tokens'() {
    const machine = await application({ organization_id: ACME.id });
    const granted = await atTokenEndpoint({ ...machine, grant_type: 'client_credentials', scope: 'profile' });
    const claims = decodeJwt(String(granted.access_token));
    const { client_id: id } = machine;
    expect(claims).toMatchObject({ sub: id, client_id: id, aud: 'client_local', iss: standIn.authkit.url });
    expect(claims).toMatchObject({ org_id: ACME.id, scope: 'profile' });
    expect(claims).not.toHaveProperty('sid');
    // No client can register for it.
    const fields = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post' };
    const response = await registration({ ...fields, redirect_uris: [REDIRECT] });
    expect(response.grant_types).not.toContain('client_credentials');
    const { client_id, client_secret } = response as Record<string, string>;
    expect(
      await atTokenEndpoint({ client_id, client_secret, grant_type: 'client_credentials' }),
    ).toHaveProperty('error');
  },
  async 'exchanged-tokens'() {
    const api2 = 'https://api.example/';
    await api('POST', RESOURCES, { uri: api2 });
    const server = await application({});
    const { access_token: subject_token, claims } = await connected();
    const exchange = {
      ...server,
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token,
      resource: api2,
    };
    const exchanged = decodeJwt(
      String((await atTokenEndpoint({ ...exchange, scope: 'openid' })).access_token),
    );
    const { sub, sid, org_id } = claims;
    expect(exchanged).toMatchObject({ sub, sid, org_id, aud: api2, scope: 'openid' });
    expect(exchanged.act).toEqual({ sub: server.client_id });
    expect(Number(exchanged.exp)).toBeLessThanOrEqual(Number(claims.exp));
    for (const [change, error] of [
      [{ resource: 'https://other.example/' }, 'invalid_target'],
      [{ scope: 'email' }, 'invalid_scope'],
      [{ subject_token: `${subject_token}x` }, 'invalid_grant'],
    ] as const)
      expect(await atTokenEndpoint({ ...exchange, ...change })).toMatchObject({ error });
  },
  async 'device-grant'() {
    const device = await register({ grant_types: [DEVICE_GRANT] });
    const audience = async () => {
      const fields = { client_id: device, scope: 'openid profile', resource: standIn.resource };
      const url = `${standIn.authkit.url}/oauth2/device_authorization`;
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
      const { device_code, user_code, verification_uri } = (await response.json()) as Record<string, string>;
      await signIn({ authorizationUrl: verification_uri ?? '', userCode: user_code, account: 'ben' });
      const grant = { grant_type: DEVICE_GRANT, client_id: device, device_code: device_code ?? '' };
      return decodeJwt((await token(standIn.authkit.url, grant)).access_token).aud;
    };
    expect(await audience()).toBe('client_local');
    await withDefault('https://default.example/mcp', async () => {
      expect(await audience()).toBe('client_local');
      await behave({ deviceGrantUsesDefault: true });
      expect(await audience()).toBe('https://default.example/mcp');
    });
  },
  async 'consent-per-organization'() {
    const [acme, globex] = [
      await connected({ account: 'cleo', organization: 'Acme' }),
      await connected({ account: 'cleo', organization: 'Globex' }),
    ];
    expect(acme.claims.org_id).not.toBe(globex.claims.org_id);
    expect(acme.claims.sid).not.toBe(globex.claims.sid);
    expect(await rows(grantsOf(CLEO.id))).toHaveLength(2);
  },
  async 'sid-after-refresh'() {
    const { refresh_token, claims } = await connected();
    expect(decodeJwt((await renew(refresh_token)).access_token).sid).toBe(claims.sid);
  },
  async 'reconsent-sid'() {
    for (const reconsentSid of ['new', 'same'] as const) {
      await behave({ reconsentSid });
      const { sid } = (await connected()).claims;
      await deleteGrant(CLI);
      const again = (await connected()).claims.sid;
      expect(again === sid).toBe(reconsentSid === 'same');
    }
  },
  async 'refresh-reuse'() {
    for (const refreshReuseGraceSeconds of [0, 60]) {
      await behave({ refreshReuseGraceSeconds });
      const { refresh_token } = await connected();
      expect((await renew(refresh_token)).status).toBe(200);
      expect((await renew(refresh_token)).status).toBe(refreshReuseGraceSeconds === 0 ? 400 : 200);
    }
    for (const sessionReuseGraceSeconds of [0, 60]) {
      await behave({ sessionReuseGraceSeconds });
      const { body } = await signInToPages(`${standIn.authkit.url}/`, 'ben');
      const fields = {
        grant_type: 'refresh_token',
        client_id: 'client_local',
        refresh_token: body.refresh_token,
      };
      expect((await api('POST', '/user_management/authenticate', fields)).status).toBe(200);
      const { status } = await api('POST', '/user_management/authenticate', fields);
      expect(status).toBe(sessionReuseGraceSeconds === 0 ? 400 : 200);
    }
  },
  async 'resource-indicator-api'() {
    const uri = 'https://listed.example/mcp';
    const { status, body } = await api('POST', RESOURCES, { uri });
    expect([status, body.object, body.default]).toEqual([201, 'authkit_oauth_resource', false]);
    expect((await api('POST', RESOURCES, { uri })).status).toBe(422);
    expect((await api('GET', RESOURCES)).body.data).toContainEqual(body);
    expect((await api('DELETE', `${RESOURCES}/${body.id}`)).status).toBe(204);
    const redirectUris = async () => (await api('GET', '/user_management/redirect_uris')).body.data;
    expect(await redirectUris()).toMatchObject([{ uri: `${standIn.appUrl}/callback`, default: true }]);
    await behave({ redirectUris: [] });
    expect(await redirectUris()).toEqual([]);
  },
  async 'unregistered-resource'() {
    const resource = `${standIn.resource}/`;
    expect((await connected({ resource })).claims.aud).toBe('client_local');
    await behave({ unregisteredAudience: 'application' });
    expect((await connected({ resource })).claims.aud).toBe(CLI);
    const malformed = { clientId: CLI, redirectUri: REDIRECT, resource: 'not a url' };
    const { redirect } = await authorize(standIn.authkit.url, malformed);
    expect(redirect.searchParams.get('error')).toBe('invalid_target');
  },
  async 'default-indicator'() {
    expect((await connected({ resource: undefined })).claims.aud).toBe('client_local');
    await withDefault('https://default.example/mcp', async () => {
      for (const id of [CLI, registered])
        expect((await connected({ clientId: id, resource: undefined })).claims.aud).toBe(
          'https://default.example/mcp',
        );
    });
  },
  async 'grants-list'() {
    const uri = 'https://elsewhere.example/mcp';
    const { body } = await api('POST', RESOURCES, { uri });
    await connected({ clientId: registered, account: 'ada', resource: uri });
    await behave({ firstPartyClientIds: [registered] });
    const [row] = await rows(`${grantsOf(ADA.id)}?limit=1`);
    expect(row).toMatchObject({
      object: 'authorized_connect_application',
      granted_scopes: expect.arrayContaining(['openid', 'profile']),
      oauth_resource: uri,
      application: { client_id: registered, is_first_party: true, was_dynamically_registered: true },
    });
    const { org_id } = (await connected({ account: 'ada' })).claims;
    const ofOrganization = await rows(`/organizations/${org_id}/authorized_applications?limit=100`);
    expect(ofOrganization.map(({ user_id }) => user_id)).toContain(ADA.id);
    expect((await api('GET', `${grantsOf(ADA.id)}?limit=101`)).status).toBe(422);
    await api('DELETE', `${RESOURCES}/${body.id}`);
  },
  async 'grant-deletion-scope'() {
    for (const deleteEndsEveryOrganization of [true, false]) {
      await behave({ deleteEndsEveryOrganization });
      for (const organization of ['Acme', 'Globex']) await connected({ account: 'cleo', organization });
      await api('DELETE', `${grantsOf(CLEO.id)}/${encodeURIComponent(CLI)}`);
      expect(await rows(grantsOf(CLEO.id))).toHaveLength(deleteEndsEveryOrganization ? 0 : 1);
      await api('DELETE', `${grantsOf(CLEO.id)}/${encodeURIComponent(CLI)}`);
    }
  },
  async 'organization-members'() {
    const { org_id } = (await connected({ account: 'ada' })).claims;
    const people = `/user_management/users?organization_id=${org_id}`;
    const { body } = await api('GET', `${people}&limit=100`);
    expect(body.data).toContainEqual(expect.objectContaining({ id: ADA.id, email: 'ada@example.com' }));
    expect(await rows(`${people}&limit=1`)).toHaveLength(1);
    expect((await api('GET', `${people}&limit=101`)).status).toBe(422);
  },
  async 'grant-list-lag'() {
    await connected();
    const listed = async () => (await rows(grantsOf(BEN.id))).map(({ application }) => application.client_id);
    await behave({ grantListLagSeconds: 3600 });
    expect(await listed()).not.toContain(CLI);
    await deleteGrant(CLI);
    expect(await listed()).toContain(CLI);
    await behave({ grantListLagSeconds: 0 });
    expect(await listed()).not.toContain(CLI);
  },
  async 'grant-deletion'() {
    await connected();
    const [row] = (await rows(grantsOf(BEN.id))).filter((one) => one.application.client_id === CLI);
    for (const id of [row?.application.id ?? '', CLI]) {
      await connected();
      expect(await deleteGrant(id)).toMatchObject({ status: 204 });
      expect(await deleteGrant(id)).toMatchObject({ status: 404, body: { message: expect.any(String) } });
    }
  },
  async 'application-id'() {
    await connected();
    for (const applicationIdPrefix of ['app', 'conn_app', 'connect_app']) {
      await behave({ applicationIdPrefix });
      const [row] = await rows(grantsOf(BEN.id));
      expect(row?.application.id).toMatch(new RegExp(`^${applicationIdPrefix}_01[0-9A-Z]{24}$`));
    }
  },
  async 'grant-client-id'() {
    await connected();
    const names = async () => (await rows(grantsOf(BEN.id))).map(({ application }) => application.client_id);
    expect(await names()).toContain(CLI);
    await behave({ grantClientId: 'id' });
    expect(await names()).not.toContain(CLI);
    const [id = ''] = (await names()).filter((name) => name !== registered);
    expect(id).toMatch(/^client_/);
    expect((await deleteGrant(CLI)).status).toBe(404);
    expect((await deleteGrant(id)).status).toBe(204);
  },
  async 'deletion-ends-refresh'() {
    for (const deleteEndsRefreshTokens of [true, false]) {
      await behave({ deleteEndsRefreshTokens });
      const { refresh_token } = await connected();
      await deleteGrant(CLI);
      expect((await rows(grantsOf(BEN.id))).map((row) => row.application.client_id)).not.toContain(CLI);
      expect((await renew(refresh_token)).status).toBe(deleteEndsRefreshTokens ? 400 : 200);
    }
  },
  async 'no-grant-event'() {
    await connected();
    standIn.posts.length = 0;
    await deleteGrant(CLI);
    expect(standIn.posts).toEqual([]);
    const { body } = await api('POST', '/_local/people', { email: 'gone@example.org' });
    await api('DELETE', `/user_management/users/${body.id}`);
    expect(standIn.posts).toEqual(['/webhooks/workos']);
  },
  async 'rate-limit'() {
    await behave({ requestsPerMinute: 0 });
    const { status, headers } = await api('GET', grantsOf(BEN.id));
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
  },
  async endpoints() {
    const { url } = standIn.authkit;
    const metadata = await discovered();
    expect(metadata.issuer).toBe(new URL(url).origin);
    for (const name of ['authorization', 'token', 'introspection', 'registration', 'device_authorization'])
      expect(String(metadata[`${name}_endpoint`])).toMatch(`${url}/oauth2/`);
    expect(metadata.jwks_uri).toBe(`${url}/oauth2/jwks`);
  },
  async 'not-observed'() {
    const metadata = await discovered();
    expect(metadata.token_endpoint_auth_methods_supported).not.toContain('private_key_jwt');
    expect(metadata).not.toHaveProperty('authorization_response_iss_parameter_supported');
    const request = { clientId: CLI, redirectUri: REDIRECT };
    const issuer = async () =>
      (await authorize(standIn.authkit.url, request)).redirect.searchParams.get('iss');
    expect(await issuer()).toBe(null);
    await behave({ issInResponse: true });
    expect(await issuer()).toBe(standIn.authkit.url);
  },
  async cimd() {
    standIn.documents.set('bad', { client_id: 'https://other.example/bad.json', redirect_uris: [REDIRECT] });
    const { url } = authorizationRequest(standIn.authkit.url, {
      clientId: clientId('bad'),
      redirectUri: REDIRECT,
    });
    const response = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toContain('error=invalid_client_metadata');
    const { claims } = await connected({ redirectUri: 'http://localhost:61789/callback' });
    expect(claims.client_id).toBe(CLI);
    await behave({ cimd: false });
    expect(await discovered()).not.toHaveProperty('client_id_metadata_document_supported');
  },
  async cors() {
    const origin = 'https://browser.example';
    const ask = async (method: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' };
      const response = await fetch(`${standIn.authkit.url}/oauth2/token`, { method, headers });
      return response.headers.get('access-control-allow-origin');
    };
    expect([await ask('OPTIONS'), await ask('POST')]).toEqual([origin, null]);
    await behave({ corsOrigins: [origin] });
    expect(await ask('POST')).toBe(origin);
  },
  async 'omitted-scope'() {
    expect((await connected({ scope: undefined })).refresh_token).toBeUndefined();
    await behave({ omittedScope: 'all' });
    const all = await connected({ scope: undefined });
    expect(all.scope?.split(' ').sort()).toEqual(['email', 'offline_access', 'openid', 'profile']);
    expect(all.refresh_token).toEqual(expect.any(String));
  },
  async 'initiate-login'() {
    const { callback } = await signInToPages(`${standIn.authkit.url}/`, 'ben');
    expect([...callback.searchParams.keys()]).toEqual(['code']);
    await behave({ initiateLoginUri: `${standIn.appUrl}/login` });
    const response = await fetch(`${standIn.authkit.url}/`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe(`${standIn.appUrl}/login`);
  },
  async impersonation() {
    const { body } = await api('POST', '/_local/impersonation', {
      user_id: BEN.id,
      email: 'help@example.com',
    });
    const session = await signInToPages(String(body.url), 'stranger@example.org');
    expect(session.body).toMatchObject({ user: { id: BEN.id }, impersonator: { email: 'help@example.com' } });
    expect(decodeJwt(String(session.body.access_token)).act).toEqual({ sub: 'help@example.com' });
  },
  async 'organization-selection'() {
    expect((await signInToPages(`${standIn.authkit.url}/`, 'cleo')).status).toBe(200);
    await behave({ organizationSelection: 'error' });
    const { status, body } = await signInToPages(`${standIn.authkit.url}/`, 'cleo');
    expect([status, body.code]).toEqual([403, 'organization_selection_required']);
    expect(body.pending_authentication_token).toEqual(expect.any(String));
  },
  async 'role-permissions'() {
    const role = async () => (await api('GET', '/authorization/roles/admin')).body;
    expect(await role()).toMatchObject({
      slug: 'admin',
      permissions: ['connections:revoke', 'organization:manage'],
    });
    await behave({ permissionsInRole: false });
    expect(await role()).not.toHaveProperty('permissions');
  },
};

type Untested = Extract<(typeof FACTS)[number], { untested: string }>['id'];

function deleteGrant(id: string) {
  return api('DELETE', `${grantsOf(BEN.id)}/${encodeURIComponent(id)}`);
}

async function discovered(): Promise<Record<string, unknown>> {
  const response = await fetch(`${standIn.authkit.url}/.well-known/oauth-authorization-server`);
  return (await response.json()) as Record<string, unknown>;
}

async function withDefault(uri: string, run: () => Promise<void>): Promise<void> {
  const { body } = await api('POST', RESOURCES, { uri, default: true });
  try {
    await run();
  } finally {
    await api('DELETE', `${RESOURCES}/${body.id}`);
  }
}

describe('what is known about the real AuthKit holds at local AuthKit', () => {
  test.each(Object.entries(CASES))('%s', (_id, run) => run());

  test('every fact has a test or a reason, and every open one has an option', async () => {
    const { body } = await api('GET', '/_local/behaviour');
    const facts: readonly {
      id: string;
      sources: readonly string[];
      options?: readonly string[];
      untested?: string;
    }[] = FACTS;
    for (const { id, sources, options = [], untested } of facts) {
      expect([id, id in CASES || untested !== undefined]).toEqual([id, true]);
      if (sources.includes('open')) expect([id, options.length > 0]).toEqual([id, true]);
      for (const option of options) if (option !== 'redirectUris') expect(body).toHaveProperty(option);
    }
    expect(Object.keys(CASES).filter((id) => !facts.some((fact) => fact.id === id))).toEqual([]);
    const covered = new Set(facts.flatMap(({ options = [] }) => options));
    expect(Object.keys(body).filter((option) => !covered.has(option))).toEqual([]);
  });
});
