import { request as httpRequest } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordedCalls } from '#tests/support/activity-rows.ts';
import { legacyToolCall, mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import type { Started } from '#tests/support/processes.ts';
import { startTrustingAppOnPostgres, type TrustingAppOnPostgres } from '#tests/support/trusting-app.ts';

/** Twenty seconds in every run; `NEIGHBOURS_SECONDS=1800` before a release. */
const SECONDS = Number(process.env.NEIGHBOURS_SECONDS ?? 20);
const HONEST_PEOPLE = 20;
const PAUSE_MS = 250;
/** How often a client calls again after a 503, waiting as long as `Retry-After` says. */
const MAX_ATTEMPTS = 5;
const DEREGISTRATION_MS = 2_000;
const TOKEN_SECONDS = SECONDS + 600;

let app: TrustingAppOnPostgres;
let instances: Started[] = [];

beforeAll(async () => {
  // The limits of a deployment, not those of the other tests.
  const limits = { MCP_FAILED_AUTH_PER_MINUTE: '', MCP_CALLS_PER_MINUTE: '' };
  app = await startTrustingAppOnPostgres(limits);
  instances = [app.app, await app.startInstance(), await app.startInstance()];
});
afterAll(() => app?.stop());

const clientOf = (person: number) => `https://honest.example/${person}.json`;
const tokenOf = (sub: string, clientId: string) =>
  app.issuer.token({ sub, client_id: clientId, exp: Math.floor(Date.now() / 1000) + TOKEN_SECONDS });

/** One instance after the other, as a load balancer does: without those that are being replaced. */
let next = 0;
const replaced = new Set<Started>();
function instance(): string {
  const serving = instances.filter((one) => !replaced.has(one));
  next += 1;
  return serving[next % serving.length]?.url ?? app.appUrl;
}

type Honest = { answered: number; first: number; retried: number; failed: string[] };

/** A person who calls a tool four times a second and follows `Retry-After`. */
async function honestPerson(person: number, until: number): Promise<Honest> {
  const token = await tokenOf(`user_honest_${person}`, clientOf(person));
  const seen: Honest = { answered: 0, first: 0, retried: 0, failed: [] };
  for (let i = 0; performance.now() < until; i++) {
    const message = i % 5 === 0 ? toolCall('store', { text: `${person}-${i}` }) : legacyToolCall('identity');
    for (let attempt = 1; ; attempt++) {
      const response = await postMcp(instance(), token, message);
      const text = await response.text();
      if (response.status === 200 && !text.includes('"isError":true')) {
        seen.answered += 1;
        if (attempt === 1) seen.first += 1;
        else seen.retried += 1;
        break;
      }
      if (response.status === 200) seen.answered += 1;
      if (attempt === MAX_ATTEMPTS) {
        seen.failed.push(`${response.status} ${text.slice(0, 200)}`);
        break;
      }
      await wait(Number(response.headers.get('retry-after') ?? 1) * 1000);
    }
    await wait(PAUSE_MS);
  }
  return seen;
}

/** Sends a body a byte a second, and gives up. */
const slowBody = (token: string) =>
  new Promise<void>((ended) => {
    const request = httpRequest(`${instance()}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
      },
    });
    const timer = setInterval(() => request.write(' '), 1000);
    const end = () => {
      clearInterval(timer);
      request.destroy();
      ended();
    };
    request.on('error', end).on('response', end);
    setTimeout(end, 5_000);
  });

/** What hostile and clumsy neighbours do, each without a pause after the answer. */
async function neighbours(): Promise<(() => Promise<unknown>)[]> {
  const greedy = await Promise.all(
    Array.from({ length: 8 }, (_, client) => tokenOf('user_greedy', `https://greedy.example/${client}.json`)),
  );
  const [clumsy, expired] = await Promise.all([
    tokenOf('user_clumsy', 'https://clumsy.example/id.json'),
    app.issuer.token({ sub: 'user_late', client_id: 'late', iat: 1_700_000_000, exp: 1_700_000_300 }),
  ]);
  let turn = 0;
  const greedyToken = () => greedy[turn++ % greedy.length] ?? '';
  const post = async (...[token, message]: [string, Parameters<typeof postMcp>[2]]) => {
    const response = await postMcp(instance(), token, message, { signal: AbortSignal.timeout(10_000) });
    return response.arrayBuffer();
  };
  const batch = {
    ...legacyToolCall('store'),
    body: JSON.stringify(
      Array.from({ length: 100 }, (_, id) => JSON.parse(legacyToolCall('store', { text: 'x' }, id + 1).body)),
    ),
  };
  const stream = mcpMessage('tools/call', {
    name: 'slow',
    arguments: { steps: 8, stepMilliseconds: 1000 },
    _meta: { progressToken: 1 },
  });
  return [
    () => post(`forged.${turn++}.${'x'.repeat(40)}`, toolCall('identity')),
    () => post(expired, toolCall('identity')),
    () => post(greedyToken(), batch),
    () => post(greedyToken(), stream),
    () => post(greedyToken(), stream),
    () => post(greedyToken(), toolCall('store', { text: 'x'.repeat(2_000) })),
    () => post(clumsy, { ...toolCall('identity'), body: '{' }),
    () => post(clumsy, toolCall('no_such_tool', { unknown: null })),
    () => post(clumsy, { ...toolCall('identity'), body: 'x'.repeat(2_000_000) }),
    () => slowBody(clumsy),
    () => slowBody(clumsy),
    async () => (await fetch(`${instance()}/sse`)).arrayBuffer(),
  ];
}

/** Connects a client, revokes it on one instance, and waits until every instance refuses it. */
async function revocations(until: number): Promise<number> {
  let revoked = 0;
  for (; performance.now() < until; revoked++) {
    const clientId = `https://left.example/${revoked}.json`;
    const sub = `user_leaves_${revoked}`;
    const token = await tokenOf(sub, clientId);
    const admin = await app.issuer.token({ sub, client_id: 'admin', permissions: ['connections:revoke'] });
    const call = async (origin: string, name: string, args: object, bearer: string) => {
      const response = await postMcp(origin, bearer, legacyToolCall(name, { ...args }));
      return response.status === 200 ? (await response.json()).result?.structuredContent : undefined;
    };
    const find = async () => {
      await call(instance(), 'identity', {}, token);
      const listed = await call(instance(), 'connections', {}, admin);
      return listed?.connections.find((one: { clientId: string }) => one.clientId === clientId)?.id ?? false;
    };
    let id = await find();
    while (id === false && performance.now() < until) {
      await wait(PAUSE_MS);
      id = await find();
    }
    let done = id === false ? 'not seen' : undefined;
    while (done === undefined) {
      done = (await call(instance(), 'revoke', { id, confirm: true }, admin))?.revoked;
      if (done === undefined) await wait(1000);
    }
    if (id === false) break;
    for (const one of instances.filter((candidate) => !replaced.has(candidate)))
      await expect
        .poll(async () => (await postMcp(one.url, token)).status, { timeout: 20_000 })
        .toSatisfy((status: number) => status === 401);
    await wait(1000);
  }
  return revoked;
}

/** Replaces one instance as a deployment does, and restarts the database as a failover does. */
async function operations(until: number): Promise<void> {
  const left = () => until - performance.now();
  await wait(left() / 4);
  const old = instances[1];
  if (old !== undefined) {
    replaced.add(old);
    // A load balancer waits, so that no request is on its way to the instance that ends.
    await wait(DEREGISTRATION_MS);
    await old.running.stop('SIGTERM');
    instances[1] = await app.startInstance();
    replaced.delete(old);
  }
  await wait(Math.max(0, left() / 3));
  await app.postgres.stop();
  await app.postgres.start();
}

test(
  `for ${SECONDS} s, neighbours, a replaced instance and a restarted database cost honest people no call`,
  async () => {
    const until = performance.now() + SECONDS * 1000;
    const acts = await neighbours();
    let hostile = 0;
    const neighbour = async (act: () => Promise<unknown>) => {
      while (performance.now() < until) {
        // An instance that is being replaced, and the limit of time of this client.
        await act().catch(() => undefined);
        hostile += 1;
        await wait(20);
      }
    };
    const [people, revoked] = await Promise.all([
      Promise.all(Array.from({ length: HONEST_PEOPLE }, (_, person) => honestPerson(person, until))),
      revocations(until),
      operations(until),
      ...acts.map(neighbour),
    ]);
    const sum = (of: (one: Honest) => number) => people.reduce((total, one) => total + of(one), 0);
    const failed = people.flatMap((one) => one.failed);
    const [first, retried] = [sum((one) => one.first), sum((one) => one.retried)];
    const calls = first + retried + failed.length;
    console.info(
      `Neighbours: ${calls} honest calls, ${first} answered at the first attempt, ${retried} after a 503 and Retry-After, ${failed.length} not; ${hostile} requests of neighbours, ${revoked} revocations.`,
    );
    expect(failed).toEqual([]);
    expect(revoked).toBeGreaterThan(0);

    for (const [person, { answered }] of people.entries()) {
      const recorded = () => recordedCalls(app.query, clientOf(person));
      await expect
        .poll(async () => (await recorded()).rows, { timeout: 20_000 })
        .toBeGreaterThanOrEqual(answered);
      const { rows, ...same } = await recorded();
      expect(same).toEqual({ distinct: rows, counted: rows, daily: rows });
      expect(rows).toBe(answered);
    }
  },
  (SECONDS + 120) * 1000,
);
