import { describe, expect, test } from 'vitest';
import { discover } from '#features/discovery/discovery.ts';
import { lenientTarget, signInTarget } from '#features/discovery/target.ts';
import { type StubRoutes, stubMetadata } from '#tests/support/stub-servers.ts';
import { startStub } from './stub-network.ts';

const RESOURCE = '/.well-known/oauth-protected-resource/mcp';
const SERVER = '/.well-known/oauth-authorization-server';

async function targets(routes: (origin: string) => StubRoutes) {
  await using started = await startStub({ name: 'x', finding: 'x', routes });
  const discovery = await discover(started.url, {
    fetch: started.fetch,
    allowLoopback: true,
    origin: 'https://pages.example',
  });
  return {
    origin: new URL(started.url).origin,
    strict: signInTarget(discovery),
    lenient: lenientTarget(discovery),
  };
}
const resource = (value: (origin: string) => unknown) => (origin: string) => ({
  [RESOURCE]: { body: { resource: value(origin), authorization_servers: [origin] } },
});

test('a server without a fault has a target for a strict client, and none besides', async () => {
  const { strict, lenient, origin } = await targets(() => ({}));
  expect(strict?.resource).toBe(`${origin}/mcp`);
  expect(lenient).toBe(undefined);
});

describe('a lenient client signs in, and a strict one does not, to a server with', () => {
  test.each<[string, (origin: string) => StubRoutes, string]>([
    ['a slash after its resource', resource((origin) => `${origin}/mcp/`), '/mcp/'],
    ['its origin as resource', resource((origin) => origin), ''],
    ['no resource', resource(() => undefined), '/mcp'],
    [
      'a slash after its issuer',
      (origin) => ({ [SERVER]: { body: stubMetadata(origin, { issuer: `${origin}/` }) } }),
      '/mcp',
    ],
    [
      'a challenge that points to nothing',
      (origin) => ({
        'POST /mcp': {
          status: 401,
          headers: { 'www-authenticate': `Bearer resource_metadata="${origin}/gone"` },
        },
      }),
      '/mcp',
    ],
    [
      'no advertised PKCE',
      (origin) => ({
        [SERVER]: { body: stubMetadata(origin, { code_challenge_methods_supported: undefined }) },
      }),
      '/mcp',
    ],
  ])('%s', async (_what, routes, path) => {
    const { strict, lenient, origin } = await targets(routes);
    expect(strict).toBe(undefined);
    expect(lenient?.resource).toBe(`${origin}${path}`);
  });
});

describe('no client signs in to a server with', () => {
  test.each<[string, (origin: string) => StubRoutes]>([
    ['the resource of another origin', resource(() => 'https://bank.example/mcp')],
    ['the origin of another port', resource((origin) => origin.replace(/\d+$/, '1'))],
    ['the resource of a neighbour', resource((origin) => `${origin}/other`)],
    ['a resource below its own', resource((origin) => `${origin}/mcp/other`)],
    ['a resource that begins like its own', resource((origin) => `${origin}/m`)],
    ['a resource with a query', resource((origin) => `${origin}/?tenant=bank`)],
    [
      'the metadata of another issuer',
      (origin) => ({ [SERVER]: { body: stubMetadata('https://auth.example', { issuer: `${origin}/x` }) } }),
    ],
    [
      'PKCE without S256',
      (origin) => ({
        [SERVER]: { body: stubMetadata(origin, { code_challenge_methods_supported: ['plain'] }) },
      }),
    ],
    [
      'an authorization endpoint that is a script',
      (origin) => ({
        [SERVER]: { body: stubMetadata(origin, { authorization_endpoint: 'javascript:alert(1)' }) },
      }),
    ],
  ])('%s', async (_what, routes) => {
    const { strict, lenient } = await targets(routes);
    expect([strict, lenient]).toEqual([undefined, undefined]);
  });
});
