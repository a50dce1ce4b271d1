import { beforeAll, describe, expect, test } from 'vitest';
import { type CallRecord, seenConnections } from '#lib/connections/activity-rows.ts';
import { writeActivity } from '#lib/connections/activity-write.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { type Batch, createRecorder, type RecorderOptions } from '#lib/connections/recorder.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, instance, openTestDatabase, testDatabase } from './support.ts';

beforeAll(openTestDatabase);

const call = (parts: Partial<CallRecord> = {}): CallRecord => ({
  caller: callerOf(),
  at: new Date(),
  method: 'tools/call',
  outcome: 'allowed',
  durationMs: 1,
  ...parts,
});

class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A recorder with a fake database that keeps the batches and fails while `up` is false. */
function recorderFor(options: Partial<RecorderOptions> = {}) {
  const batches: Batch[] = [];
  const reports: [string, number, string][] = [];
  const database = { up: true };
  const recorder = createRecorder({
    write: async (batch) => {
      if (!database.up) throw new Refused('ECONNREFUSED');
      batches.push(batch);
    },
    report: (...report) => void reports.push(report),
    ...options,
  });
  const written = () => batches.flatMap((batch) => batch.map(({ record }) => record.method));
  return { recorder, batches, reports, database, written };
}

describe('calls are written in batches', () => {
  test('calls of one window are written together', async () => {
    const { recorder, batches } = recorderFor({ windowMs: 20 });
    for (let n = 0; n < 50; n++) recorder.record(call());
    expect(batches).toHaveLength(0);
    await recorder.pendingWrite();
    expect(batches.map((batch) => batch.length)).toEqual([50]);
  });

  test('a full batch does not wait for the window, and the order is kept', async () => {
    const { recorder, batches, written } = recorderFor({ windowMs: 60_000, maxBatch: 10 });
    for (let n = 0; n < 30; n++) recorder.record(call({ method: `m${n}` }));
    await recorder.pendingWrite();
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 10]);
    expect(written()).toEqual(Array.from({ length: 30 }, (_, n) => `m${n}`));
  });

  test('a flush writes everything that was recorded', async () => {
    const { recorder, written } = recorderFor({ windowMs: 60_000, maxBatch: 4 });
    for (let n = 0; n < 9; n++) recorder.record(call());
    await recorder.flush();
    expect(written()).toHaveLength(9);
  });
});

describe('the database is unavailable', () => {
  test('calls wait in memory and are written in order when it is back', async () => {
    const { recorder, database, written, reports } = recorderFor({ windowMs: 1 });
    database.up = false;
    recorder.record(call({ method: 'first' }));
    await recorder.pendingWrite();
    expect(reports).toEqual([['retrying', 1, 'ECONNREFUSED']]);
    recorder.record(call({ method: 'second' }));
    database.up = true;
    await recorder.flush();
    expect(written()).toEqual(['first', 'second']);
  });

  test('calls above the memory limit are dropped, counted and reported', async () => {
    const { recorder, database, written, reports } = recorderFor({ windowMs: 1, maxBuffered: 5 });
    database.up = false;
    for (let n = 0; n < 12; n++) recorder.record(call());
    await recorder.pendingWrite();
    database.up = true;
    await recorder.flush();
    expect(written()).toHaveLength(5);
    expect(reports).toContainEqual(['dropped', 7, 'buffer_full']);
  });

  test('a flush gives up at its deadline', async () => {
    const { recorder, database, reports } = recorderFor({ windowMs: 60_000 });
    database.up = false;
    recorder.record(call());
    await recorder.flush(10);
    expect(reports.at(-1)).toEqual(['retrying', 1, 'deadline']);
  });
});

test('a call that the database rejects does not block the others', async () => {
  const kept: string[] = [];
  const reports: string[] = [];
  const recorder = createRecorder({
    windowMs: 1,
    write: async (batch) => {
      if (batch.some(({ record }) => record.method === 'poison')) throw new Refused('22P05');
      kept.push(...batch.map(({ record }) => record.method));
    },
    report: (event, calls, reason) => void reports.push(`${event} ${calls} ${reason}`),
  });
  for (const method of ['a', 'b', 'poison', 'c', 'd']) recorder.record(call({ method }));
  await recorder.pendingWrite();
  expect(kept).toEqual(['a', 'b', 'c', 'd']);
  expect(reports).toEqual(['dropped 1 22P05']);
});

test('a call with an invalid time is dropped, and the others are written', async () => {
  const { recorder, written, reports } = recorderFor({ windowMs: 1 });
  for (const at of [new Date(), new Date(Number.NaN), new Date()]) recorder.record(call({ at }));
  await recorder.pendingWrite();
  expect(written()).toHaveLength(2);
  expect(reports).toEqual([['dropped', 1, 'invalid']]);
});

test('a batch that is written again after a lost answer is counted once', async () => {
  const caller = callerOf({ subject: 'user_written_again' });
  const database = await testDatabase();
  let attempts = 0;
  const recorder = createRecorder({
    windowMs: 1,
    write: async (batch) => {
      await writeActivity(
        database,
        batch.map(({ row }) => row),
        seenConnections(batch),
      );
      if (++attempts === 1) throw new Refused('ECONNRESET');
    },
    report: () => {},
  });
  for (let n = 0; n < 3; n++) recorder.record(call({ caller }));
  await recorder.flush(20_000);
  expect(attempts).toBe(2);
  const row = await getConnection('user_written_again', connectionKey(caller), instance(new FakeWorkos()));
  expect(row).toMatchObject({ calls: 3, recentCalls: 3 });
});

test('text that PostgreSQL rejects is sanitized before it is written', async () => {
  const database = await testDatabase();
  const caller = callerOf({ subject: 'user_dirty' });
  const dirty = 'a\u0000b\ud800c\u202e';
  const recorder = createRecorder({
    windowMs: 1,
    write: async (batch) =>
      writeActivity(
        database,
        batch.map(({ row }) => row),
        seenConnections(batch),
      ),
    report: (event) => expect.unreachable(event),
  });
  recorder.record(
    call({
      caller,
      method: dirty,
      tool: dirty,
      reason: dirty,
      protocolVersion: dirty,
      clientSoftware: { name: dirty.repeat(5_000), version: dirty },
      durationMs: Number.NaN,
    }),
  );
  await recorder.flush();
  const row = await getConnection('user_dirty', connectionKey(caller), instance(new FakeWorkos()));
  expect(row?.software?.name).toHaveLength(100);
  expect(row?.software?.version).toBe('abc');
});
