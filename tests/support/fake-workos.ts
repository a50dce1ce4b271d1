import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the WorkOS API does when a grant is to be deleted. */
export type DeletionMode = 'works' | 'fails' | 'hangs' | 'breaks off' | 'deletes and breaks off';

/** The part of the WorkOS API that revoking uses, which fails as a test configures it. */
export type FakeWorkos = {
  port: number;
  /** Application ids of the grants of each person, by user id; the client id of `conn_app_x` is `https://x.example/id.json`. */
  grants: Map<string, Set<string>>;
  deletion: DeletionMode;
  /** Requests so far, as `METHOD path`. */
  requests: string[];
  close(): Promise<void>;
};

/** The client id of an application. */
export const clientIdOf = (application: string) =>
  `https://${application.replace('conn_app_', '')}.example/id.json`;

function listed(applications: Iterable<string>) {
  const data = [...applications].map((id) => ({
    id: `grant_${id}`,
    granted_scopes: ['openid', 'profile'],
    application: { id, client_id: clientIdOf(id), name: id, redirect_uris: [] },
  }));
  return { object: 'list', data, list_metadata: { before: null, after: null } };
}

/** Starts a fake WorkOS API on a free port. */
export async function startFakeWorkos(): Promise<FakeWorkos> {
  const send = (response: ServerResponse, status: number, body?: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body));
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    fake.requests.push(`${method} ${url}`);
    const [, user = '', application] =
      /^\/user_management\/users\/([^/]+)\/authorized_applications(?:\/([^/?]+))?/.exec(url) ?? [];
    const grants = fake.grants.get(decodeURIComponent(user)) ?? new Set<string>();
    if (method === 'GET') return send(response, 200, listed(grants));
    if (method !== 'DELETE' || application === undefined)
      return send(response, 404, { message: 'Not found' });
    if (fake.deletion === 'hangs') return;
    if (fake.deletion === 'fails') return send(response, 500, { message: 'Internal error' });
    if (fake.deletion === 'breaks off') return request.socket.destroy();
    const there = grants.delete(application);
    if (fake.deletion === 'deletes and breaks off') return request.socket.destroy();
    return there ? response.writeHead(204).end() : send(response, 404, { message: 'Not found' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeWorkos = {
    port: (server.address() as AddressInfo).port,
    grants: new Map(),
    deletion: 'works',
    requests: [],
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return fake;
}
