import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { Trace } from '#features/discovery/trace.ts';
import { withMcpClient } from '#features/inspector/server/mcp-session.ts';
import type { Session } from '#features/inspector/server/sign-in/flow.ts';
import { registerClient } from '#features/inspector/server/sign-in/registration.ts';
import { redeemCode } from '#features/inspector/server/sign-in/token-request.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { startFakeInternet } from '#tests/support/fake-internet.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';
import {
  begun,
  DOCUMENT_CLIENT,
  ISSUER,
  metadata,
  SERVER,
  targetWith,
  type World,
  worldWith,
} from './hostile-server.ts';

/** Forbidden addresses, in notations that hide what they are. */
const FORBIDDEN = [
  'https://127.0.0.1/x',
  'https://localhost/x',
  'https://2130706433/x',
  'https://0x7f.1/x',
  'https://0177.0.0.1/x',
  'https://[::1]/x',
  'https://[::ffff:127.0.0.1]/x',
  'https://[64:ff9b::7f00:1]/x',
  'https://10.0.0.1/x',
  'https://172.16.0.1/x',
  'https://192.168.1.1/x',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/x',
  'https://0.0.0.0/x',
  'https://[fd00:ec2::254]/x',
  'https://１２７.0.0.1/x',
  'https://localhost.localdomain/x',
  'https://metadata.google.internal/x',
  'https://other.example.com:8443/x',
];
/** URLs that are refused before their address is checked. */
const NOT_URLS = [
  'http://mcp.example.com/x',
  'http://127.0.0.1:9/x',
  'ftp://mcp.example.com/x',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/x',
];

const untouched = { connections: 0, bytes: 0 };

describe('the inspector connects to no forbidden address', () => {
  test.each([...FORBIDDEN, ...NOT_URLS])('when the user enters %s', async (url) => {
    await using world = await worldWith({});
    const { errors, target } = await world.inspect(url);
    expect(target).toBe(undefined);
    expect(errors).toHaveLength(1);
    expect(['address-blocked', 'host-not-public', 'url-invalid']).toContain(errors[0]);
    expect(world.forbidden).toEqual(untouched);
    expect(world.dialled).toEqual([]);
  });

  const places: [string, (url: string) => World][] = [
    [
      'resource_metadata',
      (url) => ({
        'mcp.example.com/mcp': {
          status: 401,
          headers: { 'www-authenticate': `Bearer resource_metadata="${url}"` },
        },
        'mcp.example.com/.well-known/oauth-protected-resource/mcp': { status: 404 },
      }),
    ],
    [
      'authorization_servers',
      (url) => ({
        'mcp.example.com/.well-known/oauth-protected-resource/mcp': {
          body: { resource: SERVER, authorization_servers: [url] },
        },
      }),
    ],
  ];
  test.each(places)('when %s contains one', async (_place, world) => {
    for (const url of [...FORBIDDEN, ...NOT_URLS]) {
      await using hostile = await worldWith(world(encodeURI(decodeURI(url))));
      const { target, errors } = await hostile.inspect();
      expect(target, url).toBe(undefined);
      expect(errors, url).not.toEqual([]);
      expect(hostile.forbidden, url).toEqual(untouched);
    }
  });

  test.each(['token_endpoint', 'registration_endpoint'])('when %s contains one', async (field) => {
    for (const url of FORBIDDEN) {
      await using world = await worldWith({
        'auth.example.com/.well-known/oauth-authorization-server': { body: metadata({ [field]: url }) },
      });
      const { target } = await world.inspect();
      if (target === undefined) continue;
      const problem =
        field === 'token_endpoint'
          ? (await redeemCode(world.trace(), begun({ tokenEndpoint: target.tokenEndpoint }), 'code-1'))
              .problem
          : await registerClient(world.trace(), target, {
              client_name: 'x',
              redirect_uris: [],
              application_type: 'web',
            });
      expect(problem, url).toMatchObject({ reason: 'not_fetched', failure: 'url_refused' });
      expect(world.forbidden, url).toEqual(untouched);
    }
  });

  test('when a session has one as its server URL', async () => {
    for (const serverUrl of FORBIDDEN) {
      await using world = await worldWith({});
      const session: Session = {
        target: targetWith({ serverUrl }),
        client: DOCUMENT_CLIENT,
        requested: [],
        tokens: { accessToken: 'access-token-1' },
      };
      const outcome = await withMcpClient(session, 'view', { trace: world.trace() }, (client) =>
        client.listTools(),
      );
      expect(outcome.problems?.[0], serverUrl).toMatchObject({ reason: 'not_fetched' });
      expect(world.forbidden, serverUrl).toEqual(untouched);
    }
  });
});

describe('a loopback deployment', () => {
  let secret: Awaited<ReturnType<typeof loopbackServer>>;
  beforeAll(async () => {
    secret = await loopbackServer((_request, response) => response.end('inside'));
  });
  afterAll(() => secret.close());

  test('connects to http on loopback, for servers in development', async () => {
    const discovery = await discover(secret.url, {
      fetch: guardedFetch,
      allowLoopback: true,
      origin: 'http://localhost:3000',
    });
    expect(discovery.exchanges[0]?.response?.status).toBe(200);
  });

  test.each([
    'http://10.0.0.1/mcp',
    'http://169.254.169.254/mcp',
    'http://192.168.0.1:3000/mcp',
    'http://0.0.0.0/mcp',
    'http://[::ffff:10.0.0.1]/mcp',
  ])('does not connect to %s', async (url) => {
    const discovery = await discover(url, {
      fetch: guardedFetch,
      allowLoopback: true,
      origin: 'http://localhost:3000',
    });
    expect(discovery.problems[0]).toMatchObject({ reason: 'url_invalid', why: 'scheme' });
  });
});

describe('a public deployment', () => {
  test('does not connect to this machine under any name', async () => {
    const inside = await loopbackServer((_request, response) => response.end('inside'));
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433']) {
      const url = `http://${host}:${inside.port}/mcp`;
      const discovery = await discover(url, { fetch: guardedFetch, allowLoopback: false, origin: ISSUER });
      expect(discovery.exchanges).toEqual([]);
      const trace = new Trace({ fetch: guardedFetch, allowLoopback: false });
      const { problem } = await redeemCode(trace, begun({ tokenEndpoint: url }), 'code-1');
      expect(problem).toMatchObject({ reason: 'not_fetched' });
    }
    expect(inside.seen.connections).toBe(0);
    await inside.close();
  });

  test('reports a name with a private address and an unknown name alike', async () => {
    const seen = new Set<string>();
    for (const addresses of [[], ['10.0.0.1'], ['127.0.0.1'], ['93.184.216.34', '169.254.169.254']]) {
      const { fetch, close } = await startFakeInternet([], (_request, response) => response.end(), {
        resolve: async () => addresses,
      });
      const discovery = await discover('https://db.corp.example.com/mcp', {
        fetch,
        allowLoopback: false,
        origin: ISSUER,
        clock: () => 0,
      });
      const findings = discoveryFindings(discovery);
      expect(findings.map(({ id }) => id)).toEqual(['host-not-public']);
      seen.add(JSON.stringify([findings, discovery.exchanges]));
      await close();
    }
    expect(seen.size).toBe(1);
  });

  test('says of a forbidden URL what the URL itself shows, and sends nothing', async () => {
    await using world = await worldWith({});
    const seen = new Set<string>();
    for (const host of ['127.0.0.1', '10.0.0.1', 'db', '169.254.169.254', 'x.internal']) {
      const { findings, discovery } = await world.inspect(`https://${host}/mcp`);
      expect(findings.map(({ id }) => id)).toEqual(['address-blocked']);
      seen.add(
        JSON.stringify([findings.map(({ observed }) => observed), discovery.exchanges[0]?.error]).replaceAll(
          `${host} is`,
          'HOST is',
        ),
      );
    }
    expect(seen.size).toBe(1);
    expect(world.dialled).toEqual([]);
  });

  test('connects to no other origin on the way to a better URL', async () => {
    await using world = await worldWith({
      'mcp.example.com/mcp': { status: 404 },
      'mcp.example.com/': { status: 307, headers: { location: 'https://other.example.com/mcp' } },
      'other.example.com/mcp': { status: 401, headers: { 'www-authenticate': 'Bearer' } },
    });
    const { discovery } = await world.inspect('https://mcp.example.com/');
    const hosts = discovery.exchanges.map(({ request }) => new URL(request.url).host);
    expect(new Set(hosts)).toEqual(new Set(['mcp.example.com']));
  });
});
