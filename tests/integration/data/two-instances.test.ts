import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionId } from '#lib/connections/identity.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { type Instance, ISSUER, startInstance } from './start-instance.ts';

const CLIENT = 'https://client.example.com/metadata.json';
const seconds = () => Math.floor(Date.now() / 1000);
const idOf = (subject: string) =>
  connectionId({ issuer: ISSUER, subject, clientId: CLIENT, sessionId: undefined });

let postgres: TestPostgres;
let url: string;
let workos: Server;
/** `grants`: the people who consented to the client. */
const workosState = { up: true, grants: new Set(['user_two', 'user_left']) };
const instances: Instance[] = [];

function start(): Instance {
  const instance = startInstance(url, (workos.address() as AddressInfo).port);
  instances.push(instance);
  return instance;
}

beforeAll(async () => {
  workos = createServer(({ method, url = '' }, response) => {
    const user = url.split('/')[3] ?? '';
    const application = { id: 'app_1', client_id: CLIENT };
    const data = workosState.grants.has(user) ? [{ application }] : [];
    if (method === 'DELETE' && workosState.up) workosState.grants.delete(user);
    response.writeHead(workosState.up ? 200 : 500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', data, list_metadata: { after: null } }));
  });
  await new Promise<void>((resolve) => workos.listen(0, 'localhost', resolve));
  postgres = await startPostgres();
  url = await postgres.createDatabase();
});

afterAll(async () => {
  for (const instance of instances) await instance.kill();
  workos?.close();
  await postgres?.close();
});

test('instances that start together on an empty database migrate it once', async () => {
  const [a, b, c] = [start(), start(), start()];
  await Promise.all([a.run('open'), b.run('open'), c.run('open')]);
  const applied = await postgres.query(url, 'select name from schema_migrations order by name');
  expect(new Set(applied.map(({ name }) => name)).size).toBe(applied.length);
  expect(applied[0]).toEqual({ name: '0000_start' });
});

describe('two instances on one database', () => {
  const caller = { subject: 'user_two', clientId: CLIENT, issuedAt: seconds() - 60 };

  test('count each call of one client once', async () => {
    const [a, b] = instances as [Instance, Instance];
    await Promise.all([a.run('record', caller, 1_700), b.run('record', caller, 1_300)]);
    await Promise.all([a.run('flush'), b.run('flush')]);
    expect(await a.run('connection', 'user_two', idOf('user_two'))).toMatchObject({
      calls: 3_000,
      recentCalls: 3_000,
    });
    expect(await postgres.query(url, 'select count(*)::int as calls from activity')).toEqual([
      { calls: 3_000 },
    ]);
  });

  test('refuse a call within a second after a revocation on the other instance', async () => {
    const [a, b] = instances as [Instance, Instance];
    expect(await a.run('check', caller)).toBe('active');
    expect(await b.run('check', caller)).toBe('active');
    let revokedAt = 0;
    const revoking = a.run('revoke', 'user_two', idOf('user_two')).then((result) => {
      revokedAt = performance.now();
      return result;
    });
    // The other instance is busy all the while, so that its list is young and read in the background.
    let refusedAt: number | undefined;
    while (refusedAt === undefined) {
      if ((await b.run('check', caller)) === 'revoked') refusedAt = performance.now();
      else if (revokedAt > 0) expect(performance.now() - revokedAt).toBeLessThan(1_000);
    }
    expect(await revoking).toBe('revoked');
    expect(await a.run('check', caller)).toBe('revoked');
    // It may have heard of the revocation and not yet that the grant is gone; until then nothing passes.
    await expect.poll(() => b.run('check', { ...caller, issuedAt: seconds() + 15 })).toBe('active');
  });

  test('refuse the first call after a process was frozen, when the client was revoked meanwhile', async () => {
    const [a, b] = instances as [Instance, Instance];
    for (const round of [1, 2, 3]) {
      const frozen = { ...caller, subject: `user_frozen_${round}` };
      await a.run('record', frozen, 1);
      await a.run('flush');
      expect(await b.run('check', frozen)).toBe('active');
      // Frozen in whatever it does for this call.
      const under = b.run('check', frozen);
      b.freeze();
      const frozenAt = performance.now();
      await a.run('revoke', frozen.subject, idOf(frozen.subject));
      await expect.poll(() => performance.now() - frozenAt, { timeout: 5_000 }).toBeGreaterThan(1_200);
      const first = b.run('check', frozen);
      b.thaw();
      await under;
      expect(await first).toBe('revoked');
    }
  });

  test('delete the grant whose deletion was pending on a killed instance', async () => {
    const [a, b] = instances as [Instance, Instance];
    await a.run('record', { ...caller, subject: 'user_left' }, 1);
    await a.run('flush');
    workosState.up = false;
    expect(await a.run('revoke', 'user_left', idOf('user_left'))).toBe('pending');
    await a.kill();
    expect(await b.run('connection', 'user_left', idOf('user_left'))).toMatchObject({ state: 'pending' });
    workosState.up = true;
    await postgres.query(url, `update denials set next_attempt_at = now() where subject = 'user_left'`);
    await expect
      .poll(
        async () => {
          await b.run('page', 'user_left');
          return (await b.run('connection', 'user_left', idOf('user_left')))?.state;
        },
        { timeout: 20_000 },
      )
      .toBe('revoked');
  });
});

describe('while the database fails', () => {
  const caller = { subject: 'user_fault', clientId: CLIENT, issuedAt: seconds() - 60 };

  test('because it is too slow, calls are refused as unavailable', async () => {
    const b = instances[1] as Instance;
    expect(await b.run('check', caller)).toBe('active');
    const blocking = postgres.query(
      url,
      'begin; lock table denials in access exclusive mode; select pg_sleep(4); commit',
    );
    await expect
      .poll(() => b.run('check', caller).catch(({ code }: { code: string }) => code), { timeout: 3_500 })
      .toBe('revocation_unavailable');
    await blocking;
    await expect
      .poll(() => b.run('check', caller).catch(({ code }: { code: string }) => code), { timeout: 10_000 })
      .toBe('active');
  });

  test('because it is stopped, calls are refused, and their activity is written when it is back', async () => {
    const b = instances[1] as Instance;
    await b.run('record', caller, 10);
    await postgres.stop();
    await b.run('record', caller, 10);
    await expect
      .poll(() => b.run('check', caller).catch(({ code }: { code: string }) => code))
      .toBe('revocation_unavailable');
    await postgres.start();
    await b.run('flush');
    expect(await b.run('connection', 'user_fault', idOf('user_fault'))).toMatchObject({ calls: 20 });
    await expect
      .poll(() => b.run('check', caller).catch(({ code }: { code: string }) => code))
      .toBe('active');
  });
});
