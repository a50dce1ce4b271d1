import { describe, expect, test } from 'vitest';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { signInTarget } from '#features/discovery/target.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { type FakeRoutes, fakeServer, goodMetadata, goodRoutes } from './fake-server.ts';

const options = { fetch: guardedFetch, allowLoopback: true, origin: 'https://pages.example' };

async function inspect(change: (origin: string) => FakeRoutes) {
  await using server = await fakeServer((origin) => ({ ...goodRoutes(origin), ...change(origin) }));
  const discovery = await discover(`${server.origin}/mcp`, options);
  return {
    discovery,
    ids: discoveryFindings(discovery).map(({ id }) => id),
    seen: server.seen,
    origin: server.origin,
  };
}

const challenge = (value: string, more = {}) => ({
  'POST /mcp': { status: 401, headers: { 'www-authenticate': value, ...more } },
});
const metadata = (change: Record<string, unknown>) => (origin: string) => ({
  '/.well-known/oauth-authorization-server': {
    headers: { 'access-control-allow-origin': '*' },
    body: { ...goodMetadata(origin), ...change },
  },
});

describe('a correct server', () => {
  test('is discovered in order and has no findings', async () => {
    const { ids, discovery, origin } = await inspect(() => ({}));
    expect(ids).toEqual([]);
    expect(discovery.exchanges.map(({ step, response }) => [step, response?.status])).toEqual([
      ['challenge', 401],
      ['cors', 204],
      ['cors', 401],
      ['protected-resource-metadata', 200],
      ['authorization-server-metadata', 200],
    ]);
    expect(discovery.exchanges.map(({ evidence }) => evidence?.field)).toEqual([
      'resource_metadata',
      undefined,
      undefined,
      'authorization_servers',
      'client_id_metadata_document_supported',
    ]);
    expect(signInTarget(discovery)).toMatchObject({
      resource: `${origin}/mcp`,
      issuer: origin,
      tokenEndpoint: `${origin}/oauth2/token`,
      scopes: ['openid', 'profile', 'offline_access'],
    });
  });

  test('emits an event when each exchange starts and ends', async () => {
    await using server = await fakeServer(goodRoutes);
    const events: string[] = [];
    await discover(`${server.origin}/mcp`, {
      ...options,
      onEvent: (event) =>
        events.push(`${event.type} ${event.type === 'started' ? event.id : event.exchange.id}`),
    });
    expect(events.slice(0, 4)).toEqual(['started e1', 'exchange e1', 'exchange e1', 'started e2']);
  });
});

describe('other ways of discovery', () => {
  test('without resource_metadata the well-known URL is used', async () => {
    const { ids, discovery } = await inspect(() => challenge('Bearer scope="openid"'));
    expect(discovery.protectedResource?.source).toBe('path');
    expect(ids).toContain('resource-metadata-missing');
    expect(signInTarget(discovery)).toBeDefined();
  });

  test('metadata at the root is used when its resource is the origin', async () => {
    const { discovery, ids } = await inspect((origin) => ({
      ...challenge('Bearer'),
      '/.well-known/oauth-protected-resource/mcp': { status: 404 },
      '/.well-known/oauth-protected-resource': {
        body: { resource: origin, authorization_servers: [origin] },
      },
    }));
    expect(discovery.protectedResource?.source).toBe('root');
    expect(ids).toContain('resource-metadata-at-root-only');
    expect(signInTarget(discovery)?.resource).toBe(new URL(discovery.serverUrl).origin);
  });

  test('an issuer with a path and only OpenID Connect discovery is found', async () => {
    const { discovery, ids } = await inspect((origin) => ({
      '/.well-known/oauth-protected-resource/mcp': {
        body: { resource: `${origin}/mcp`, authorization_servers: [`${origin}/tenant1`] },
      },
      '/tenant1/.well-known/openid-configuration': {
        body: { ...goodMetadata(origin), issuer: `${origin}/tenant1` },
      },
    }));
    expect(discovery.authorizationServer?.kind).toBe('oidc');
    expect(ids).toContain('only-openid-discovery');
  });

  test('a server of an earlier revision gets the requests of that revision', async () => {
    await using server = await fakeServer((origin) => ({ ...goodRoutes(origin) }));
    const guarded = server.routes['POST /mcp'];
    server.routes['POST /mcp'] = ({ headers }) =>
      headers['mcp-method']
        ? { status: 400, body: { jsonrpc: '2.0', error: { code: -32000 } } }
        : (guarded as object);
    const discovery = await discover(`${server.origin}/mcp`, options);
    expect(discovery.challenge?.outcome).toBe('challenged');
    expect(discovery.exchanges[1]?.title).toBe('initialize without a token');
  });

  test('offline_access in the challenge is for clients of earlier revisions', async () => {
    await using server = await fakeServer((origin) => ({
      ...goodRoutes(origin),
      ...challenge(
        `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", scope="openid offline_access"`,
      ),
    }));
    const idsOf = async (revision: 'auto' | '2025-11-25') =>
      discoveryFindings(await discover(`${server.origin}/mcp`, { ...options, revision })).map(({ id }) => id);
    expect(await idsOf('auto')).toContain('offline-access-asked');
    expect(await idsOf('2025-11-25')).not.toContain('offline-access-asked');
  });

  test('a server that serves without a token needs no sign-in', async () => {
    const { ids, discovery } = await inspect(() => ({
      'POST /mcp': { body: { jsonrpc: '2.0', id: 1, result: {} } },
    }));
    expect(ids).toContain('no-sign-in-needed');
    expect(signInTarget(discovery)).toBe(undefined);
  });
});

describe('a URL that is not that of an MCP server', () => {
  const page = { headers: { 'content-type': 'text/html' }, body: '<h1>Welcome</h1>' };
  const findings = async (path: string, change: (origin: string) => FakeRoutes = () => ({})) => {
    await using server = await fakeServer((origin) => ({
      ...goodRoutes(origin),
      '/.well-known/oauth-protected-resource': {
        body: { resource: `${origin}/mcp`, authorization_servers: [origin] },
      },
      ...change(origin),
    }));
    const discovery = await discover(`${server.origin}${path}`, options);
    const findings = discoveryFindings(discovery);
    if (findings.some(({ id }) => ['wrong-path', 'not-mcp', 'web-page', 'path-not-found'].includes(id)))
      expect(signInTarget(discovery)).toBeUndefined();
    return findings.map(({ id, title, fix }) => ({
      id,
      title,
      fix: fix?.replaceAll(server.origin, 'ORIGIN'),
    }));
  };

  test.each<[string, string, FakeRoutes]>([
    ['a host that answers 404', '', {}],
    ['a host that answers with a page', '/', { '/': page }],
    ['a host that refuses POST', '', { 'POST /': { status: 405 } }],
    ['a host whose guard answers 403', '', { 'POST /': { status: 403, body: 'Forbidden' } }],
    ['a host that redirects to a page', '', { 'POST /': { status: 307, headers: { location: '/en' } } }],
    ['a host that serves another JSON API', '', { 'POST /': { body: { ok: true } } }],
  ])('%s gets the URL that its metadata names, and no other error', async (_what, path, routes) => {
    expect(await findings(path, () => routes)).toEqual([
      {
        id: 'wrong-path',
        title: 'This is not the URL of the MCP server',
        fix: 'You left out /mcp: connect to ORIGIN/mcp.',
      },
    ]);
  });

  test('/sse gets the URL that the metadata of the host names', async () => {
    expect(await findings('/sse')).toMatchObject([{ id: 'wrong-path', fix: 'Connect to ORIGIN/mcp.' }]);
  });

  test.each<[string, string, FakeRoutes[string]]>([
    ['a page', 'web-page', page],
    ['404', 'path-not-found', { status: 404 }],
    ['a JSON API', 'not-mcp', { body: { ok: true } }],
  ])('without metadata %s is not an MCP server, and that is the only error', async (_what, id, answer) => {
    const bare = () => ({
      '/': answer,
      'POST /mcp': { status: 404 },
      '/.well-known/oauth-protected-resource': { status: 404 },
      '/.well-known/oauth-authorization-server': { status: 404 },
    });
    expect(await findings('/', bare)).toMatchObject([{ id }]);
  });

  test.each([403, 429, 500])(
    'status %i without metadata is not explained as another kind of server',
    async (status) => {
      const ids = (
        await findings('/', () => ({
          '/': { status },
          '/.well-known/oauth-protected-resource': { status: 404 },
        }))
      ).map(({ id }) => id);
      expect(ids).toContain('status-not-401');
      expect(ids).not.toContain('not-mcp');
    },
  );

  test('metadata that names a server on another host is not followed', async () => {
    const ids = (
      await findings('', () => ({
        'POST /mcp': { status: 404 },
        '/.well-known/oauth-protected-resource': {
          body: { resource: 'https://elsewhere.example/mcp', authorization_servers: ['https://a.example'] },
        },
      }))
    ).map(({ id }) => id);
    expect(ids).toContain('path-not-found');
  });
});

describe('a finding', () => {
  test.each<[string, (origin: string) => FakeRoutes]>([
    ['status-not-401', () => ({ 'POST /mcp': { status: 403 } })],
    ['status-not-401', () => ({ 'POST /mcp': { status: 500 } })],
    ['challenge-missing', () => ({ 'POST /mcp': { status: 401 } })],
    ['challenge-missing', () => challenge('Basic realm="x"')],
    ['challenge-scope-missing', () => challenge('Bearer')],
    ['resource-metadata-not-absolute', () => challenge('Bearer resource_metadata="/.well-known/x"')],
    ['challenge-error-without-token', () => challenge('Bearer error="invalid_token"')],
    ['challenge-cacheable', () => challenge('Bearer', { 'cache-control': 'public, max-age=60' })],
    ['cors-missing', () => ({ 'OPTIONS /mcp': { status: 405 } })],
    [
      'cors-headers-missing',
      () => ({
        'OPTIONS /mcp': {
          status: 204,
          headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
        },
      }),
    ],
    ['cors-challenge-hidden', () => challenge('Bearer', { 'access-control-allow-origin': '*' })],
    [
      'content-type-wrong',
      (origin) => ({
        '/.well-known/oauth-protected-resource/mcp': {
          headers: { 'content-type': 'text/html' },
          body: JSON.stringify({ resource: `${origin}/mcp`, authorization_servers: [origin] }),
        },
      }),
    ],
    [
      'metadata-cors-missing',
      (origin) => ({ '/.well-known/oauth-authorization-server': { body: goodMetadata(origin) } }),
    ],
    [
      'error-cacheable',
      () => ({
        ...challenge('Bearer'),
        '/.well-known/oauth-protected-resource/mcp': {
          status: 404,
          headers: { 'cache-control': 'max-age=3600' },
        },
      }),
    ],
    ['client-documents-not-accepted', metadata({ client_id_metadata_document_supported: undefined })],
    ['registration-open', (origin) => metadata({ registration_endpoint: `${origin}/register` })(origin)],
    ['response-issuer-not-advertised', metadata({ authorization_response_iss_parameter_supported: false })],
    ['pkce-plain-allowed', metadata({ code_challenge_methods_supported: ['plain', 'S256'] })],
    ['scopes-too-broad', () => challenge('Bearer scope="admin:*"')],
    ['offline-access-asked', () => challenge('Bearer scope="openid offline_access"')],
  ])('%s', async (id, change) => {
    const { ids } = await inspect(change);
    expect(ids).toContain(id);
  });
});
