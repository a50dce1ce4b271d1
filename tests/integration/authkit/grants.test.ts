import { WorkOS } from '@workos-inc/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, BEN } from '#dev/authkit/state/people.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { connect, refresh, verified } from './oauth-client.ts';

type Row = {
  object: string;
  id: string;
  granted_scopes: string[];
  oauth_resource?: string;
  application: Record<string, unknown>;
};
type List = { object: string; data: Row[]; list_metadata: { before: string | null; after: string | null } };

const REDIRECT = 'http://localhost:50505/callback';
let standIn: StandIn;
let workos: WorkOS;

beforeAll(async () => {
  standIn = await startStandIn();
  const { hostname, port } = new URL(standIn.authkit.url);
  workos = new WorkOS('sk_test_local', { apiHostname: hostname, https: false, port: Number(port) });
});
afterAll(() => standIn.close());

const path = (userId: string) => `/user_management/users/${userId}/authorized_applications`;

async function list(userId: string, query: Record<string, string> = {}): Promise<List> {
  return (await workos.get<List>(path(userId), { query })).data;
}

async function allow(name: string, account: 'ada' | 'ben', scope = 'openid profile offline_access') {
  const id = clientId(name);
  standIn.documents.set(name, {
    client_id: id,
    client_name: `Client ${name}`,
    redirect_uris: ['http://localhost/callback'],
  });
  const { resource } = standIn;
  return connect(standIn.authkit.url, { clientId: id, redirectUri: REDIRECT, scope, resource, account });
}

describe('the clients that a person allowed', () => {
  test('are listed with what was granted, and only for that person', async () => {
    await allow('listed', 'ada');
    const { object, data } = await list(ADA.id);
    expect(object).toBe('list');
    expect(data).toEqual([
      {
        object: 'authorized_connect_application',
        id: expect.any(String),
        granted_scopes: ['openid', 'profile', 'offline_access'],
        oauth_resource: standIn.resource,
        application: expect.objectContaining({
          id: expect.stringMatching(/^app_/),
          client_id: clientId('listed'),
          name: 'Client listed',
          was_dynamically_registered: false,
          redirect_uris: [{ uri: 'http://localhost/callback', default: true }],
        }),
      },
    ]);
    expect((await list(BEN.id)).data).toEqual([]);
    expect(JSON.stringify(data)).not.toContain('urn:');
  });

  test('stay one row when the client connects again or steps up', async () => {
    await allow('again', 'ben');
    await allow('again', 'ben', 'openid profile email offline_access');
    const rows = (await list(BEN.id)).data;
    expect(rows).toHaveLength(1);
    expect(rows[0]?.granted_scopes).toContain('email');
  });

  test('are deleted by client id: the refresh token is dead, other people keep theirs', async () => {
    const ada = await allow('cut-off', 'ada');
    const ben = await allow('cut-off', 'ben');
    const id = clientId('cut-off');
    const before = await verified(standIn.authkit.url, ada.access_token, standIn.resource);

    await workos.delete(`${path(ADA.id)}/${encodeURIComponent(id)}`);
    expect(await refresh(standIn.authkit.url, id, ada.refresh_token ?? '')).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    });
    expect((await refresh(standIn.authkit.url, id, ben.refresh_token ?? '')).status).toBe(200);
    await expect(workos.delete(`${path(ADA.id)}/${encodeURIComponent(id)}`)).rejects.toMatchObject({
      status: 404,
    });

    const anew = await allow('cut-off', 'ada');
    const after = await verified(standIn.authkit.url, anew.access_token, standIn.resource);
    expect(after.sid).not.toBe(before.sid);
  });

  test('are deleted by application id', async () => {
    await allow('by-id', 'ada');
    const row = (await list(ADA.id)).data.find(
      ({ application }) => application.client_id === clientId('by-id'),
    );
    await workos.delete(`${path(ADA.id)}/${row?.application.id}`);
    expect(JSON.stringify(await list(ADA.id))).not.toContain('by-id');
  });

  test('come in pages, newest first, forwards and back', async () => {
    for (const name of ['one', 'two', 'three']) await allow(`page-${name}`, 'ben');
    const everything = (await list(BEN.id, { limit: '100' })).data.map(({ id }) => id);
    const first = await list(BEN.id, { limit: '2' });
    expect(first.data.map(({ id }) => id)).toEqual(everything.slice(0, 2));
    expect(first.data[0]?.application.client_id).toBe(clientId('page-three'));
    expect(first.list_metadata).toEqual({ before: null, after: everything[1] });

    const second = await list(BEN.id, { limit: '2', after: everything[1] ?? '' });
    expect(second.data.map(({ id }) => id)).toEqual(everything.slice(2, 4));
    const back = await list(BEN.id, { limit: '2', before: everything[2] ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual(everything.slice(0, 2));
    const oldest = await list(BEN.id, { limit: '1', order: 'asc' });
    expect(oldest.data[0]?.id).toBe(everything.at(-1));
    await expect(list(BEN.id, { limit: '0' })).rejects.toMatchObject({ status: 422 });
  });

  test('are shown to nobody without the API key', async () => {
    for (const authorization of ['', 'Bearer sk_other', 'Basic c2tfdGVzdF9sb2NhbDo=']) {
      const response = await fetch(`${standIn.authkit.url}${path(ADA.id)}`, { headers: { authorization } });
      expect(response.status).toBe(401);
    }
    const unknown = list('user_01UNKNOWN');
    await expect(unknown).rejects.toMatchObject({ status: 404 });
  });
});

describe('a resource indicator registered through the API', () => {
  test('becomes the audience of tokens', async () => {
    const uri = 'https://second.example/mcp';
    const { data } = await workos.post<{ uri: string }, { uri: string }>(
      '/user_management/authkit_oauth_resources',
      { uri },
    );
    expect(data.uri).toBe(uri);
    const answer = await connect(standIn.authkit.url, {
      clientId: clientId('listed'),
      redirectUri: REDIRECT,
      resource: uri,
    });
    await verified(standIn.authkit.url, answer.access_token, uri);
  });
});
