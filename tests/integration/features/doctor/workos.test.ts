import { describe, expect, test } from 'vitest';
import { registerResource } from '#features/doctor/register-resource.ts';
import { workosFindings } from '#features/doctor/workos.ts';
import { parseConfig } from '#lib/config/env.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { type FakeRoutes, fakeServer } from '../discovery/fake-server.ts';

const APP = 'http://localhost:3000';
const RESOURCES = '/user_management/authkit_oauth_resources';
const list = (data: object[], after: string | null = null) => ({
  body: { object: 'list', data, list_metadata: { before: null, after } },
});
const resource = (uri: string, byDefault = false) => ({ id: `r_${uri}`, uri, default: byDefault });
const html = { headers: { 'content-type': 'text/html' }, body: '<h1>Proxy</h1>' };
const LIMITED = { status: 429, headers: { 'retry-after': '30' }, body: { message: 'Too many requests' } };
// The permission of a tool can be a variable.
stubConfiguration();
const guarded = [...new Set(tools.flatMap(({ permission }) => permission ?? []))];

/** A WorkOS environment in which nothing is missing. */
const GOOD: FakeRoutes = {
  '/user_management/users/user_doctor': { status: 404, body: { message: 'User not found' } },
  '/sso/jwks/client_test': { body: { keys: [] } },
  [RESOURCES]: list([resource(`${APP}/mcp`, true)]),
  '/user_management/redirect_uris': list([{ uri: `${APP}/callback` }]),
  '/user_management/cors_origins': list([{ origin: 'https://allowed.example' }]),
  '/user_management/jwt_template': { status: 404, body: { message: 'JWT template not found' } },
  '/authorization/roles': list([{ slug: 'admin', permissions: guarded }]),
};

/** Local AuthKit is a http issuer; a real one is not, although the API here is on loopback. */
function configFor(origin: string, env: Record<string, string> = {}) {
  return parseConfig({
    APP_URL: APP,
    AUTHKIT_DOMAIN: 'https://tenant.authkit.app',
    WORKOS_API_KEY: 'sk_test_canary',
    WORKOS_CLIENT_ID: 'client_test',
    WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
    WORKOS_API_HOSTNAME: 'localhost',
    WORKOS_API_PORT: new URL(origin).port,
    WORKOS_API_HTTPS: 'false',
    ...env,
  });
}

async function findings(routes: FakeRoutes, env: Record<string, string> = {}) {
  await using server = await fakeServer(() => ({ ...GOOD, ...routes }));
  const found = await workosFindings(configFor(server.origin, env));
  expect(JSON.stringify(found)).not.toContain('canary');
  return found.map(({ severity, id, observed, fix = '' }) => ({ severity, id, observed, fix }));
}
const ids = async (routes: FakeRoutes, env: Record<string, string> = {}) =>
  (await findings(routes, env)).map(({ severity, id }) => `${severity} ${id}`);

/** What is there in every environment: the dashboard cannot be read, and AuthKit cannot reach this computer. */
const ALWAYS = ['note dashboard-urls', 'note client-document-private'];
const ALL_READ = ['passed resource-indicator', 'passed redirect-uris'];

describe('the doctor at WorkOS', () => {
  test('finds nothing to do in an environment in which everything is set, and names what no API shows', async () => {
    expect(await ids({})).toEqual([...ALL_READ, ...ALWAYS]);
    expect(await findings({})).toContainEqual(
      expect.objectContaining({ id: 'dashboard-urls', fix: expect.stringContaining(`${APP}/login`) }),
    );
  });

  test('reports only what is wrong while local AuthKit is used', async () => {
    const env = { AUTHKIT_DOMAIN: 'http://localhost:4100' };
    expect(await ids({}, env)).toEqual([]);
    expect(await ids({ [RESOURCES]: list([]) }, env)).toEqual(['error resource-indicator-missing']);
  });

  test.each<[string, FakeRoutes, string]>([
    ['no answer', { '/user_management/users/user_doctor': { silent: true } }, 'error workos-unreachable'],
    ['429', { '/user_management/users/user_doctor': LIMITED }, 'warning workos-limited'],
    ['500', { '/user_management/users/user_doctor': { status: 500, body: {} } }, 'error workos-failing'],
    [
      '401',
      { '/user_management/users/user_doctor': { status: 401, body: {} } },
      'error workos-api-key-refused',
    ],
    ['a page', { '/user_management/users/user_doctor': html }, 'error workos-unexpected'],
    ['422', { '/user_management/users/user_doctor': { status: 422, body: {} } }, 'error workos-unexpected'],
    [
      'a redirect of the keys',
      { '/sso/jwks/client_test': { status: 302, body: {} } },
      'error workos-unexpected',
    ],
    ['429 for the keys', { '/sso/jwks/client_test': LIMITED }, 'warning workos-limited'],
    ['500 for the keys', { '/sso/jwks/client_test': { status: 500, body: {} } }, 'error workos-failing'],
    [
      '404 for the keys',
      { '/sso/jwks/client_test': { status: 404, body: {} } },
      'error workos-client-id-unknown',
    ],
  ])('%s of the API is reported as what it is, and as nothing else', async (_what, routes, expected) => {
    const found = await ids(routes);
    expect(found.filter((finding) => /^error|^warning/.test(finding))).toEqual([expected]);
  });

  test('a limit names when to run again, and what was not read is a note', async () => {
    const found = await findings({ '/user_management/users/user_doctor': LIMITED });
    expect(found[0]).toMatchObject({ id: 'workos-limited', fix: expect.stringContaining('after 30 s') });
    expect(found.map(({ severity, id }) => `${severity} ${id}`)).toEqual(
      expect.arrayContaining(['note resource-indicator', 'note redirect-uris']),
    );
  });

  test('names the address of the API that does not answer, with its scheme and port', async () => {
    const config = configFor('http://localhost:9');
    const [first] = await workosFindings(config);
    expect(first).toMatchObject({
      id: 'workos-unreachable',
      observed: expect.stringContaining('http://localhost:9'),
    });
  });
});

describe('the resource indicator', () => {
  test.each<[string, object[], string[]]>([
    ['registered and the default', [resource(`${APP}/mcp`, true)], ALL_READ],
    [
      'registered, not the default',
      [resource(`${APP}/mcp`)],
      ['passed resource-indicator', 'note resource-indicator-not-default', 'passed redirect-uris'],
    ],
    [
      'registered with a slash',
      [resource(`${APP}/mcp/`)],
      ['error resource-indicator-missing', 'passed redirect-uris'],
    ],
    [
      'registered for the origin',
      [resource(APP, true)],
      ['error resource-indicator-missing', 'passed redirect-uris'],
    ],
    ['beside an odd row', [{ id: 1 }, resource(`${APP}/mcp`, true)], ALL_READ],
  ])('%s', async (_what, rows, expected) => {
    expect(await ids({ [RESOURCES]: list(rows) })).toEqual([...expected, ...ALWAYS]);
  });

  test('that is missing is reported with those that are registered', async () => {
    const found = await findings({ [RESOURCES]: list([resource(`${APP}/mcp/`)]) });
    expect(found[0]?.observed).toContain(`Registered: ${APP}/mcp/.`);
    expect(found[0]?.fix).toContain('--register-resource');
  });

  test('is found on the second page of the list', async () => {
    const pages: FakeRoutes = {
      [RESOURCES]: ({ url }) =>
        url.searchParams.has('after')
          ? list([resource(`${APP}/mcp`, true)])
          : list([resource('https://other.example/mcp')], 'cursor_1'),
    };
    expect(await ids(pages)).toEqual([...ALL_READ, ...ALWAYS]);
  });

  test('of another server that is the default is named', async () => {
    const rows = [resource(`${APP}/mcp`), resource('https://other.example/mcp', true)];
    const found = await findings({ [RESOURCES]: list(rows) });
    expect(found[1]?.observed).toContain('https://other.example/mcp');
  });

  test('that the API does not list is not verified, with the status', async () => {
    const found = await findings({ [RESOURCES]: { status: 404, body: { message: 'Not Found' } } });
    expect(found[0]).toMatchObject({ severity: 'note', id: 'resource-indicator' });
    expect(found[0]?.observed).toContain('WorkOS answers 404 (Not Found).');
  });
});

describe('redirect URIs', () => {
  test.each([
    [[`${APP}/callback`], 'passed redirect-uris'],
    [['http://localhost:3000/*'], 'passed redirect-uris'],
    [[`${APP}/callback/`], 'error redirect-uri-missing'],
    [['https://*.example.com/callback'], 'error redirect-uri-missing'],
    [[], 'error redirect-uri-missing'],
  ])('%j: %s', async (uris, expected) => {
    const found = await ids({ '/user_management/redirect_uris': list(uris.map((uri) => ({ uri }))) });
    expect(found).toContain(expected);
  });
});

describe('CORS origins, the JWT template and permissions', () => {
  test('an origin that may call /mcp and not the token endpoint is named', async () => {
    const found = await findings(
      {},
      { MCP_ALLOWED_ORIGINS: 'https://allowed.example https://forgotten.example' },
    );
    const finding = found.find(({ id }) => id === 'cors-origin-missing');
    expect(finding?.severity).toBe('warning');
    expect(finding?.observed).toContain('MCP_ALLOWED_ORIGINS has https://forgotten.example, which');
    expect(await ids({}, { MCP_ALLOWED_ORIGINS: 'https://allowed.example' })).not.toContain(
      'warning cors-origin-missing',
    );
  });

  test.each([
    ['{"aud": "authenticated"}', 'warning jwt-template-aud'],
    ['{"scope": "email"}', 'warning jwt-template-scope'],
    ['{ "client_id" : "x" }', 'warning jwt-template-client-id'],
    ['{"permissions": ["a"]}', 'note jwt-template-permissions'],
  ])('the template %s is named', async (content, expected) => {
    const found = await ids({
      '/user_management/jwt_template': { body: { object: 'jwt_template', content } },
    });
    expect(found.filter((finding) => finding.includes('jwt-template'))).toEqual([expected]);
  });

  test('a template that sets other claims is not named', async () => {
    const content = '{"urn:acme:audience": "{{ user.email }}", "metadata": {{ user.metadata }}}';
    const found = await ids({ '/user_management/jwt_template': { body: { content } } });
    expect(found.filter((finding) => finding.includes('jwt-template'))).toEqual([]);
  });

  test.runIf(guarded.length > 0).each<[string, FakeRoutes[string]]>([
    ['that no role has', list([{ slug: 'admin', permissions: ['other'] }])],
    ['that roles do not show', list([{ slug: 'admin' }])],
    ['of roles that cannot be read', { status: 403, body: {} }],
  ])('a permission %s is named with its tool', async (_what, roles) => {
    const found = await findings({ '/authorization/roles': roles });
    expect(found.find(({ id }) => id === 'tool-permissions')?.observed).toContain(guarded[0]);
  });
});

describe('--register-resource', () => {
  async function register(routes: FakeRoutes, asDefault = false) {
    await using server = await fakeServer(() => ({ ...GOOD, ...routes }));
    const { id, severity, title } = await registerResource(configFor(server.origin), asDefault);
    return { id, severity, title, seen: server.seen };
  }
  const exists = { status: 422, body: { message: 'AuthKit OAuth resource already exists.' } };

  test('a new one is registered', async () => {
    expect(
      await register({ [`POST ${RESOURCES}`]: { status: 201, body: resource(`${APP}/mcp`) } }),
    ).toMatchObject({ id: 'resource-registered', title: 'The resource indicator is registered' });
  });

  test.each([409, 422])('%i for one that the list shows is a success', async (status) => {
    expect(await register({ [`POST ${RESOURCES}`]: { ...exists, status } })).toMatchObject({
      id: 'resource-registered',
      severity: 'note',
      title: 'The resource indicator is registered already',
    });
  });

  test('422 for one that the list does not show is an error', async () => {
    expect(
      await register({
        [`POST ${RESOURCES}`]: exists,
        [`GET ${RESOURCES}`]: list([resource(`${APP}/mcp/`)]),
      }),
    ).toMatchObject({ id: 'resource-not-registered', severity: 'error' });
  });

  test.each<[string, FakeRoutes[string], object[], string]>([
    [
      'a new one becomes the default',
      { status: 201, body: resource(`${APP}/mcp`, true) },
      [],
      'resource-registered',
    ],
    [
      'a new one that WorkOS does not make the default',
      { status: 201, body: resource(`${APP}/mcp`) },
      [],
      'resource-not-default',
    ],
    ['an old one that is the default', exists, [resource(`${APP}/mcp`, true)], 'resource-registered'],
    ['an old one that is not the default', exists, [resource(`${APP}/mcp`)], 'resource-not-default'],
  ])('--default: %s', async (_what, answer, rows, expected) => {
    const routes = { [`POST ${RESOURCES}`]: answer, [`GET ${RESOURCES}`]: list(rows) };
    expect((await register(routes, true)).id).toBe(expected);
  });

  test.each<[string, FakeRoutes[string], string]>([
    ['429', LIMITED, 'workos-limited'],
    ['500', { status: 500, body: {} }, 'workos-failing'],
    ['401', { status: 401, body: {} }, 'resource-not-registered'],
    ['a page', html, 'workos-unexpected'],
  ])('%s is not a registration', async (_what, answer, expected) => {
    const result = await register({ [`POST ${RESOURCES}`]: answer, [`GET ${RESOURCES}`]: answer });
    expect(result.id).toBe(expected);
  });
});
