import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '#dev/authkit/driver.ts';
import { BEN } from '#dev/authkit/state/people.ts';
import { changeBehaviour, resetBehaviour, workosRequest } from '#tests/support/local-authkit.ts';
import { type StandIn, startStandIn } from './fake-app.ts';
import { refresh, token, verified } from './oauth-client.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
let standIn: StandIn;
let clientId: string;
beforeAll(async () => {
  standIn = await startStandIn();
  const response = await fetch(`${standIn.authkit.url}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Television',
      grant_types: [GRANT, 'refresh_token'],
      token_endpoint_auth_method: 'none',
    }),
  });
  clientId = ((await response.json()) as { client_id: string }).client_id;
});
afterAll(() => standIn.close());

async function start() {
  const response = await fetch(`${standIn.authkit.url}/oauth2/device_authorization`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: clientId,
      scope: 'openid profile offline_access',
      resource: standIn.resource,
    }),
  });
  return (await response.json()) as { device_code: string; user_code: string; verification_uri: string };
}

const redeem = (device_code: string) =>
  token(standIn.authkit.url, { grant_type: GRANT, client_id: clientId, device_code });

async function connectDevice(decision: 'allow' | 'deny' = 'allow') {
  const { device_code, user_code, verification_uri } = await start();
  expect(await redeem(device_code)).toMatchObject({ error: 'authorization_pending' });
  // Ben's consent of an earlier test covers the request, so he is not asked again.
  const account = decision === 'deny' ? 'ada' : 'ben';
  const approval = { authorizationUrl: verification_uri, userCode: user_code, account, decision };
  if (decision === 'deny') await expect(signIn(approval)).rejects.toThrow();
  else await signIn(approval);
  return redeem(device_code);
}

describe('the device grant', () => {
  test('ignores the resource: its tokens are for the client id, also after a refresh', async () => {
    const answer = await connectDevice();
    const claims = await verified(standIn.authkit.url, answer.access_token, 'client_local');
    expect(claims).toMatchObject({ sub: BEN.id, client_id: clientId, sid: expect.any(String) });
    const renewed = await refresh(standIn.authkit.url, clientId, answer.refresh_token ?? '');
    await verified(standIn.authkit.url, renewed.access_token, 'client_local');
  });

  test('uses the default resource indicator only when it is said to', async () => {
    const path = '/user_management/authkit_oauth_resources';
    const uri = 'https://default.example/mcp';
    await workosRequest(standIn.authkit.url, 'POST', path, { uri, default: true });
    await verified(standIn.authkit.url, (await connectDevice()).access_token, 'client_local');
    await changeBehaviour(standIn.authkit.url, { deviceGrantUsesDefault: true });
    await verified(standIn.authkit.url, (await connectDevice()).access_token, uri);
    await resetBehaviour(standIn.authkit.url);
  });

  test('gives no token when the person denies it', async () => {
    expect(await connectDevice('deny')).toMatchObject({ status: 400, error: 'access_denied' });
  });
});
