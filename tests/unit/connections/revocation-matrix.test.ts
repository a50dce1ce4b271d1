import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Behaviour } from '#dev/authkit/options.ts';
import { flushActivity } from '#lib/connections/activity.ts';
import { revokeConnection } from '#lib/connections/revocation.ts';
import { db } from '#lib/db/connection.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { clientId, type StandIn, startStandIn } from '#tests/integration/authkit/fake-app.ts';
import { connect, refresh, type TokenAnswer } from '#tests/integration/authkit/oauth-client.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { changeBehaviour } from '#tests/support/local-authkit.ts';
import { mcpMessage } from '#tests/support/mcp-request.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const CLIENT = clientId('matrix');
const REDIRECT = 'http://localhost:50505/callback';

/** What no public source about WorkOS settles, or what its tokens may look like. */
const OPEN: { [Name in keyof Behaviour]?: readonly Behaviour[Name][] } = {
  deleteEndsRefreshTokens: [true, false],
  reconsentSid: ['new', 'same'],
  grantClientId: ['url', 'id'],
  claims: ['current', 'older'],
  clockAheadSeconds: [0, 10],
  fractionalTimes: [false, true],
};

const COMBINATIONS = Object.entries(OPEN).reduce<Partial<Behaviour>[]>(
  (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
  [{}],
);

let standIn: StandIn;
const scheduled: Promise<unknown>[] = [];

/** One clock for the server and local AuthKit, which run in this process. It does not move in between. */
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** Waits for the work that no response waits for. */
async function settle(): Promise<void> {
  await flushActivity();
  await Promise.all(scheduled.splice(0));
  await backgroundWork();
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T12:00:00.600Z') });
  standIn = await startStandIn();
  standIn.documents.set('matrix', {
    client_id: CLIENT,
    client_name: 'Matrix',
    redirect_uris: ['http://localhost/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const authkit = new URL(standIn.authkit.url);
  stubConfiguration({
    APP_URL: standIn.appUrl,
    AUTHKIT_DOMAIN: authkit.origin,
    WORKOS_API_KEY: 'sk_test_local',
    WORKOS_CLIENT_ID: 'client_local',
    WORKOS_API_HOSTNAME: authkit.hostname,
    WORKOS_API_PORT: authkit.port,
    WORKOS_API_HTTPS: 'false',
    FAILED_AUTHENTICATIONS_PER_MINUTE: '0',
  });
  await db();
});
afterAll(async () => {
  await settle();
  vi.useRealTimers();
  await standIn?.close();
});

/** The person of a combination, and what they and their client do. */
function personOf(behaviour: Partial<Behaviour>) {
  const { resource, authkit } = standIn;
  const account = `${Object.values(behaviour).join('-')}@example.com`;
  let userId = '';
  const call = async (answer: TokenAnswer): Promise<number> => {
    const { headers, body } = mcpMessage('tools/list');
    const authorization = `Bearer ${answer.access_token}`;
    const request = new Request(resource, {
      method: 'POST',
      headers: { ...headers, host: new URL(resource).host, authorization },
      body,
    });
    const response = await handleMcp(request, (task) => {
      scheduled.push(Promise.resolve(task()));
    });
    await response.body?.cancel();
    // On a busy machine a read of the denylist may be late: no answer to the question.
    return response.status === 503 ? call(answer) : response.status;
  };
  return {
    name: JSON.stringify(behaviour),
    behave: () => changeBehaviour(authkit.url, { ...behaviour, jwtTemplate: {} }),
    async consent() {
      const scope = 'openid profile offline_access';
      const answer = await connect(authkit.url, {
        clientId: CLIENT,
        redirectUri: REDIRECT,
        scope,
        resource,
        account,
      });
      userId = decodeJwt(answer.access_token).sub ?? '';
      return answer;
    },
    refresh: (answer: TokenAnswer) => refresh(authkit.url, CLIENT, answer.refresh_token ?? ''),
    call,
    async revoke() {
      await flushActivity();
      const { rows } = await connectionsOf(userId);
      const used = rows.find(({ firstSeen }) => firstSeen !== undefined);
      return revokeConnection({ userId, connectionId: used?.id ?? '', by: 'matrix' });
    },
  };
}

test('a revocation holds whatever WorkOS does, and a person who consents again gets in', async () => {
  const people = COMBINATIONS.map((behaviour) => ({
    ...personOf(behaviour),
    behaviour,
    refused: [] as TokenAnswer[],
    survivor: undefined as TokenAnswer | undefined,
  }));
  for (const person of people) {
    const { name, behave, behaviour, consent, refresh, call, revoke, refused } = person;
    await behave();
    const used = await consent();
    expect(await call(used), `${name}: connected`).toBe(200);
    const unused = await refresh(used);
    // As of a second consent, in another organization: no call named its session, so only the time of the token counts.
    await changeBehaviour(standIn.authkit.url, { jwtTemplate: { sid: `${name} elsewhere` } });
    const elsewhere = await refresh(unused);
    await behave();
    expect(await revoke(), `${name}: revoked`).toBe('revoked');
    for (const token of [used, unused]) expect(await call(token), `${name}: revoked`).toBe(401);
    // Without its client, that consent is another connection.
    if (behaviour.claims !== 'older') expect(await call(elsewhere), `${name}: revoked unseen`).toBe(401);
    pass(1);
    const survivor = await refresh(elsewhere);
    expect(survivor.status, `${name}: refresh`).toBe(behaviour.deleteEndsRefreshTokens ? 400 : 200);
    refused.push(used, unused);
    if (survivor.status !== 200) continue;
    expect(await call(survivor), `${name}: survived`).toBe(401);
    refused.push(survivor);
    person.survivor = survivor;
  }
  await settle();
  for (const { name, behave, behaviour, consent, refresh, call, refused, survivor } of people) {
    await behave();
    let again = await consent();
    let status = await call(again);
    // With the same `sid` only the time of a token distinguishes it from an old one: the clocks may differ.
    for (let refreshes = 0; status !== 200 && refreshes < 4; refreshes++) {
      pass(4);
      again = await refresh(again);
      status = await call(again);
    }
    expect(status, `${name}: consented again`).toBe(200);
    await flushActivity();
    for (const token of refused)
      expect(await call(token), `${name}: an old token after the new consent`).toBe(401);
    if (survivor === undefined || behaviour.reconsentSid === 'same') continue;
    pass(30);
    const later = await refresh(survivor);
    expect(later.status, `${name}: a refresh token that survives`).toBe(200);
    expect(await call(later), `${name}: survived the new consent`).toBe(401);
  }
}, 600_000);
