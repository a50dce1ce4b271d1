import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '#lib/config/env.ts';
import { createWorkos } from '#lib/workos/client.ts';
import { deleteGrant, listGrants } from '#lib/workos/grants.ts';
import { getUser } from '#lib/workos/users.ts';
import { TEST_VARIABLES } from '#tests/support/tokens.ts';

Object.assign(process.env, TEST_VARIABLES);

const USER = 'user_01';
const PATH = `/user_management/users/${USER}/authorized_applications`;
const CLIENT = 'https://client.example.com/metadata.json';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handle: Handler;
let requests: string[];
let workos: ReturnType<typeof createWorkos>;
let config: ReturnType<typeof parseConfig>;
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`);
  handle(request, response);
});

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const row = (id: string, clientId: string, more: Record<string, unknown> = {}) => ({
  object: 'authorized_connect_application',
  id: `authorized_${id}`,
  granted_scopes: ['openid', 'profile'],
  application: {
    object: 'connect_application',
    id: `conn_app_${id}`,
    client_id: clientId,
    name: id,
    ...more,
  },
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  config = parseConfig({
    AUTHKIT_DOMAIN: 'http://localhost:4100',
    WORKOS_API_KEY: 'sk_test_canary',
    WORKOS_CLIENT_ID: 'client_test',
    WORKOS_COOKIE_PASSWORD: 'correct horse battery staple 0123456789',
    WORKOS_API_HOSTNAME: 'localhost',
    WORKOS_API_PORT: String((server.address() as AddressInfo).port),
    WORKOS_API_HTTPS: 'false',
  });
  workos = createWorkos(config, 300);
});

beforeEach(() => {
  requests = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('the grants of a person', () => {
  test('are read from all pages, with the API key', async () => {
    handle = (request, response) => {
      expect(request.headers.authorization).toBe('Bearer sk_test_canary');
      const url = new URL(request.url ?? '', 'http://localhost');
      expect(url.pathname).toBe(PATH);
      const second = url.searchParams.get('after') === 'authorized_a';
      json(response, 200, {
        object: 'list',
        data: second
          ? [
              row('b', 'client_b', {
                was_dynamically_registered: true,
                redirect_uris: [{ uri: 'http://localhost/cb' }],
              }),
            ]
          : [row('a', CLIENT)],
        list_metadata: { before: null, after: second ? null : 'authorized_a' },
      });
    };
    const { grants, complete } = await listGrants(USER, workos);
    expect(complete).toBe(true);
    expect(grants).toEqual([
      {
        applicationId: 'conn_app_a',
        clientId: CLIENT,
        name: 'a',
        grantedScopes: ['openid', 'profile'],
        redirectUris: [],
        dynamicallyRegistered: false,
        firstParty: false,
        resource: undefined,
      },
      expect.objectContaining({
        clientId: 'client_b',
        dynamicallyRegistered: true,
        redirectUris: ['http://localhost/cb'],
      }),
    ]);
  });

  test('end when WorkOS repeats the same next page, and are then incomplete', async () => {
    handle = (_, response) =>
      json(response, 200, { object: 'list', data: [row('a', CLIENT)], list_metadata: { after: 'again' } });
    const { grants, complete } = await listGrants(USER, workos);
    expect(grants).toHaveLength(2);
    expect(complete).toBe(false);
  });

  test('are read row by row: an odd one hides no other, and makes the list incomplete', async () => {
    const odd = {
      granted_scopes: 'x',
      application: { id: 'app_1', client_id: 'client_1', name: 7, redirect_uris: [{}, 1] },
    };
    handle = (_, response) =>
      json(response, 200, { data: [{ id: 1 }, odd, null, row('a', CLIENT)], list_metadata: null });
    const { grants, complete } = await listGrants(USER, workos);
    expect(grants).toEqual([
      expect.objectContaining({
        applicationId: 'app_1',
        clientId: 'client_1',
        name: '',
        redirectUris: [],
        grantedScopes: [],
      }),
      expect.objectContaining({ clientId: CLIENT }),
    ]);
    expect(complete).toBe(false);
  });

  test('name their resource, and whether the application is first-party', async () => {
    const grant = {
      ...row('a', CLIENT, { is_first_party: true }),
      oauth_resource: 'https://other.example/mcp',
    };
    handle = (_, response) => json(response, 200, { data: [grant], list_metadata: {} });
    expect((await listGrants(USER, workos)).grants).toMatchObject([
      { firstParty: true, resource: 'https://other.example/mcp' },
    ]);
  });

  test('are unknown, not none, for a person that WorkOS does not know', async () => {
    handle = (_, response) => json(response, 404, { message: 'not found' });
    await expect(listGrants('user_unknown', workos)).rejects.toMatchObject({ status: 404 });
    expect(await deleteGrant('user_unknown', 'app_1', workos)).toBe('absent');
  });

  test('are requested at the same path for any user id', async () => {
    handle = (_, response) => json(response, 404, {});
    await listGrants('../../organizations?x=', workos).catch(() => {});
    expect(requests.every((request) => request.startsWith('GET /user_management/users/'))).toBe(true);
  });
});

test.each(['app_01', 'conn_app_01', 'client_01'])(
  'a grant is deleted by the id %s, whatever its prefix',
  async (id) => {
    handle = (_, response) => response.writeHead(204).end();
    expect(await deleteGrant(USER, id, workos)).toBe('deleted');
    expect(requests).toEqual([`DELETE ${PATH}/${id}`]);
    handle = (_, response) => json(response, 404, {});
    expect(await deleteGrant(USER, id, workos)).toBe('absent');
  },
);

test('after a 429 nothing is sent until the time of Retry-After, lists and deletions alike', async () => {
  const limited = createWorkos(config);
  handle = (_, response) =>
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '30' })
      .end('{"message":"slow"}');
  await expect(deleteGrant(USER, 'app_1', limited)).rejects.toMatchObject({
    status: 429,
    retryAfterMs: 30_000,
  });
  handle = (_, response) => response.writeHead(204).end();
  await expect(deleteGrant(USER, 'app_1', limited)).rejects.toMatchObject({ status: 429 });
  await expect(listGrants(USER, limited)).rejects.toMatchObject({ status: 429 });
  expect(requests).toHaveLength(1);
});

describe('a failure of WorkOS', () => {
  const failures: [string, Handler, number | undefined][] = [
    ['500', (_, response) => json(response, 500, { message: 'canary_body' }), 500],
    ['429', (_, response) => json(response, 429, {}), 429],
    ['401', (_, response) => json(response, 401, {}), 401],
    ['500 without JSON', (_, response) => response.writeHead(502).end('<html>'), 502],
    ['a closed connection', (request) => request.socket.destroy(), undefined],
    ['silence', () => {}, 408],
  ];

  test.each(failures)('%s: is a typed error without a secret or a body', async (_, handler, status) => {
    handle = handler;
    const error: unknown = await listGrants(USER, workos).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'workos_unavailable', status });
    expect(String(error)).not.toMatch(/canary|sk_test/);
    await expect(deleteGrant(USER, 'conn_app_a', workos)).rejects.toMatchObject({
      code: 'workos_unavailable',
    });
    await expect(getUser(USER, workos)).rejects.toMatchObject({ code: 'workos_unavailable' });
  });
});

test.each([
  ['no JSON', (response: ServerResponse) => response.writeHead(200).end('<html>')],
  ['another shape', (response: ServerResponse) => json(response, 200, { data: [{ id: 1 }] })],
])('a list of grants that is %s is not treated as an empty list', async (_, answer) => {
  handle = (_request, response) => answer(response);
  await expect(listGrants(USER, workos)).rejects.toMatchObject({ code: 'workos_unavailable' });
});

test('a person is found with their e-mail address, or undefined is returned', async () => {
  handle = (request, response) => {
    if (request.url?.endsWith('/user_01'))
      json(response, 200, {
        object: 'user',
        id: USER,
        email: 'ada@example.com',
        email_verified: true,
        first_name: 'Ada',
      });
    else json(response, 404, { message: 'not found' });
  };
  expect(await getUser(USER, workos)).toEqual({
    id: USER,
    email: 'ada@example.com',
    emailVerified: true,
    firstName: 'Ada',
    lastName: undefined,
  });
  expect(await getUser('user_unknown', workos)).toBeUndefined();
});
