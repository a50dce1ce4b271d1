import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectionId } from '#lib/connections/identity.ts';
import { temporaryDirectory } from '#tests/support/processes.ts';
import { type Instance, ISSUER, startInstance } from './start-instance.ts';

const CLIENT = 'https://client.example.com/metadata.json';
const caller = { subject: 'user_kept', clientId: CLIENT, issuedAt: Math.floor(Date.now() / 1000) - 60 };
const id = connectionId({ issuer: ISSUER, subject: 'user_kept', clientId: CLIENT, sessionId: undefined });

/** Each test creates a database in its own process, which is slow on a busy machine. */
const TIMEOUT_MS = 120_000;

let directory: ReturnType<typeof temporaryDirectory>;
let instances: Instance[];

beforeEach(() => {
  directory = temporaryDirectory('pglite');
  instances = [];
});

afterEach(async () => {
  for (const instance of instances) await instance.kill();
  directory.remove();
});

function start(): Instance {
  const instance = startInstance(`pglite:${directory.path}/nested/db`);
  instances.push(instance);
  return instance;
}

test('confirmed writes survive a kill of the process', { timeout: TIMEOUT_MS }, async () => {
  const first = start();
  await first.run('open');
  await first.run('record', caller, 25);
  await first.run('written');
  expect(await first.run('revoke', 'user_kept', id)).toBe('pending');
  await first.kill();

  const second = start();
  await second.run('open');
  expect(await second.run('check', caller)).toBe('revoked');
  expect(await second.run('connection', 'user_kept', id)).toMatchObject({ calls: 25, state: 'pending' });
});

test('a second process gets an error with the process id of the first, and can open the database after that one closes it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const [first, second] = [start(), start()];
  await first.run('open');
  await expect(second.run('open')).rejects.toMatchObject({
    code: 'database_in_use',
    message: expect.stringMatching(/in use by process \d+.*DATABASE_URL/),
  });
  await first.run('close');
  await expect
    .poll(
      () =>
        second.run('open').then(
          () => 'open',
          () => 'in use',
        ),
      { timeout: 60_000 },
    )
    .toBe('open');
});
