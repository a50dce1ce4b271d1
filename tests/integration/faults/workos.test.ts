import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clientIdOf,
  type DeletionMode,
  type FakeWorkos,
  startFakeWorkos,
} from '#tests/support/fake-workos.ts';
import { postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

let workos: FakeWorkos;
let app: TrustingApp;

beforeAll(async () => {
  workos = await startFakeWorkos();
  app = await startTrustingApp({}, { workosPort: workos.port });
});
afterAll(async () => {
  await app?.stop();
  await workos?.close();
});

/** A person with two clients: one that may revoke, and one to be revoked. */
async function twoClients(sub: string) {
  const victim = `conn_app_victim_${sub.replace('user_', '')}`;
  workos.grants.set(sub, new Set([victim, 'conn_app_admin']));
  const tokenOf = (application: string, claims = {}) =>
    app.issuer.token({
      sub,
      client_id: clientIdOf(application),
      permissions: ['connections:revoke'],
      ...claims,
    });
  const admin = await tokenOf('conn_app_admin');
  const tool = async (name: string, args = {}) => {
    const response = await postMcp(app.appUrl, admin, toolCall(name, args));
    return (await response.json()).result;
  };
  const status = async (claims = {}) => (await postMcp(app.appUrl, await tokenOf(victim, claims))).status;
  expect(await status()).toBe(200);
  const { connections } = (await tool('connections')).structuredContent;
  const { id } = connections.find(({ clientId }: { clientId: string }) => clientId === clientIdOf(victim));
  return {
    victim,
    id,
    tool,
    status,
    held: () => workos.grants.get(sub)?.has(victim),
    consent: () => workos.grants.get(sub)?.add(victim),
  };
}

const MODES: [DeletionMode, boolean][] = [
  ['fails', true],
  ['breaks off', true],
  ['hangs', true],
  ['deletes and breaks off', false],
];

describe.each(MODES)('when the WorkOS API %s at the deletion of a grant', (mode, stillHeld) => {
  test('the client is refused immediately and stays refused, the result reports the pending deletion, and the deletion is retried', async () => {
    const { id, tool, status, held, consent } = await twoClients(`user_${mode.replaceAll(' ', '_')}`);
    workos.deletion = mode;
    const result = await tool('revoke', { id, confirm: true });
    expect(result.structuredContent).toEqual({ revoked: id, grant: 'pending' });
    expect(held()).toBe(stillHeld);
    const soon = Math.floor(Date.now() / 1000) + 5;
    expect(await status()).toBe(401);
    // A grant that is still there lets the client refresh: what it gets by that is refused as well.
    expect(await status({ iat: soon, exp: soon + 300 })).toBe(401);

    workos.deletion = 'works';
    await expect.poll(held, { timeout: 20_000 }).toBe(false);
    // From then on a new consent works again, and the old tokens do not.
    await expect
      .poll(
        () => {
          // Again and again: what is listed while the deletion is retried is deleted too.
          consent();
          return status({ iat: Math.floor(Date.now() / 1000) + 8 });
        },
        { timeout: 20_000 },
      )
      .toBe(200);
    expect(await status({ iat: Math.floor(Date.now() / 1000) - 60 })).toBe(401);
  }, 60_000);
});

test('a pending revocation holds after a kill of the process', async () => {
  const { id, tool, status } = await twoClients('user_killed');
  workos.deletion = 'fails';
  expect((await tool('revoke', { id, confirm: true })).structuredContent.grant).toBe('pending');
  const again = await app.restartAfterKill();
  expect(await status()).toBe(401);
  expect(await status({ iat: Math.floor(Date.now() / 1000) + 5 })).toBe(401);
  expect(again.logs()).not.toContain('sk_test_local');
});
