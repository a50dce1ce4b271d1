import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeBehaviour, resetBehaviour, workosRequest } from '#tests/support/local-authkit.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { connect, verified } from './oauth-client.ts';

const PATH = '/user_management/authkit_oauth_resources';
let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn();
  standIn.documents.set('cli', { client_id: clientId('cli'), redirect_uris: ['http://localhost/callback'] });
});
afterAll(() => standIn.close());

const request = (method: string, path: string, body?: object) =>
  workosRequest(standIn.authkit.url, method, path, body);

/** Verifies the audience of a token that was requested without a resource, or with one. */
async function expectAudience(audience: string, resource?: string): Promise<void> {
  const { access_token } = await connect(standIn.authkit.url, {
    clientId: clientId('cli'),
    redirectUri: 'http://localhost:5010/callback',
    resource,
  });
  await verified(standIn.authkit.url, access_token, audience);
}

describe('resource indicators', () => {
  test('can be listed, registered once and deleted', async () => {
    const uri = 'https://other.example/mcp';
    const created = await request('POST', PATH, { uri });
    expect(created).toMatchObject({ status: 201, body: { uri, default: false } });
    expect(await request('POST', PATH, { uri })).toMatchObject({
      status: 422,
      body: { message: `AuthKit OAuth resource '${uri}' already exists.` },
    });
    const { body } = await request('GET', PATH);
    const uris = (body.data as { uri: string }[]).map((row) => row.uri);
    expect(uris).toEqual([uri, standIn.resource]);
    expect((await request('DELETE', `${PATH}/${created.body.id}`)).status).toBe(204);
    expect((await request('DELETE', `${PATH}/${created.body.id}`)).status).toBe(404);
  });

  test('that are not registered give a token for the environment or the application', async () => {
    await expectAudience('client_local', 'https://unregistered.example/mcp');
    await changeBehaviour(standIn.authkit.url, { unregisteredAudience: 'application' });
    await expectAudience(clientId('cli'), 'https://unregistered.example/mcp');
    await resetBehaviour(standIn.authkit.url);
    await expectAudience('client_local', 'https://unregistered.example/mcp');
  });

  test('that are the default are the audience of a token without a resource', async () => {
    await expectAudience('client_local');
    const uri = 'https://default.example/mcp';
    const { body } = await request('POST', PATH, { uri, default: true });
    await expectAudience(uri);
    await expectAudience(standIn.resource, standIn.resource);
    await request('DELETE', `${PATH}/${body.id}`);
    await expectAudience('client_local');
  });
});
