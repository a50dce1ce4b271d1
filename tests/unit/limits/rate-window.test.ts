import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LimitCount } from '#lib/limits/limit-counts.ts';
import { RateWindow } from '#lib/limits/rate-window.ts';
import { type SharedCountsOptions, shareCounts } from '#lib/limits/shared-counts.ts';

const LIMIT = 20;

afterEach(() => vi.useRealTimers());

/** An instance with its own memory and a table that it shares with the others. */
function instance(
  options: Pick<SharedCountsOptions, 'sync'> & Partial<SharedCountsOptions> & { limit?: number },
) {
  const { limit = LIMIT, sync, ...sharing } = options;
  const held: Promise<void>[] = [];
  const failures: unknown[] = [];
  const statements: (readonly LimitCount[])[] = [];
  const shared = shareCounts({
    intervalMs: 1,
    retryMs: 1,
    onError: (error) => void failures.push(error),
    ...sharing,
    sync: (added) => {
      statements.push(added);
      return sync(added);
    },
  });
  const window = new RateWindow('test', limit, shared);
  const add = (key: string) => window.add(key, (task) => void held.push(Promise.resolve(task())));
  return {
    window,
    add,
    held,
    failures,
    statements,
    async addMany(key: string, count: number) {
      for (let n = 0; n < count; n++) await add(key);
    },
    /** Resolves when everything counted so far was synced, or the sync failed. */
    shared: () => Promise.all(held),
  };
}

/** A table that a test controls. */
function controlledTable() {
  const sums = new Map<string, number>();
  const state = { up: true, msLeft: 60_000 };
  return {
    sums,
    state,
    sync: async (added: readonly LimitCount[]) => {
      if (!state.up) throw new Error('down');
      return added.map(({ key, count }) => {
        const sum = (sums.get(key) ?? 0) + count;
        sums.set(key, sum);
        return { key, count: sum, msLeft: state.msLeft };
      });
    },
  };
}

describe('instances that share a database', () => {
  test('refuse what exceeds the limit in sum', async () => {
    const table = controlledTable();
    const [one, two] = [instance(table), instance(table)];
    for (let n = 0; n < LIMIT / 2; n++) {
      expect([await one.add('half'), await two.add('half')]).toEqual([undefined, undefined]);
    }
    await Promise.all([one.shared(), two.shared()]);
    await one.add('half');
    await two.add('half');
    await Promise.all([one.shared(), two.shared()]);
    for (const { window, add } of [one, two]) {
      expect(await window.reached('half')).toBeGreaterThan(0);
      expect(await add('half')).toMatchObject({ first: expect.any(Boolean) });
    }
    expect(await one.window.reached('another')).toBeUndefined();
  });

  test('apply what the others counted to a key that one sees for the first time', async () => {
    const table = controlledTable();
    const [one, two] = [instance(table), instance(table)];
    await one.addMany('moved', LIMIT);
    await one.shared();
    expect(await two.add('moved')).toBeUndefined();
    await two.shared();
    const over = await two.add('moved');
    expect(over?.first).toBe(true);
    expect(over?.msLeft).toBeLessThanOrEqual(60_000);
    expect((await two.add('moved'))?.first).toBe(false);
  });

  test('agree on when the window ends', async () => {
    const table = controlledTable();
    table.state.msLeft = 7_000;
    const { window, addMany, shared } = instance(table);
    await addMany('end', LIMIT);
    await shared();
    const msLeft = await window.reached('end');
    expect(msLeft).toBeGreaterThan(0);
    expect(msLeft).toBeLessThanOrEqual(7_000);
  });

  test('keep what is counted while a sync runs', async () => {
    let answer = (_sums: LimitCount[]) => {};
    const { window, addMany, statements, shared } = instance({
      sync: () => new Promise((resolve) => (answer = resolve)),
    });
    await addMany('meanwhile', 5);
    await expect.poll(() => statements.length).toBe(1);
    await addMany('meanwhile', 6);
    const [{ key } = { key: '' }] = statements[0] ?? [];
    answer([{ key, count: LIMIT - 6, msLeft: 60_000 }]);
    await shared();
    expect(await window.reached('meanwhile')).toBeGreaterThan(0);
  });

  test('store no address in the table', async () => {
    const { addMany, statements, shared } = instance(controlledTable());
    await addMany('203.0.113.7', 2);
    await shared();
    expect(statements[0]).toEqual([
      { key: expect.stringMatching(/^[\w-]{22}$/), count: 2, msLeft: expect.any(Number) },
    ]);
  });
});

describe('syncs with the database', () => {
  test('add all counts of an interval in one statement, each key once', async () => {
    const { addMany, statements, shared, held } = instance(controlledTable());
    await addMany('a', 9);
    await addMany('b', 3);
    expect(held).toHaveLength(1);
    await shared();
    expect(statements.map((rows) => rows.map(({ count }) => count))).toEqual([[9, 3]]);
  });

  test('leave out a key below a twentieth of the limit, and then add all counts of its window', async () => {
    const { addMany, statements, shared, held } = instance({ ...controlledTable(), limit: 200 });
    await addMany('rare', 9);
    expect(held).toEqual([]);
    await addMany('rare', 1);
    await shared();
    expect(statements.map((rows) => rows.map(({ count }) => count))).toEqual([[10]]);
  });

  test('leave out a key that is known to have reached the limit', async () => {
    const { addMany, statements, shared, held } = instance(controlledTable());
    await addMany('loud', LIMIT);
    await shared();
    await addMany('loud', 100);
    expect([statements.length, held.length]).toEqual([1, 1]);
  });

  test('add a few rows for a flood from many addresses, highest counts first', async () => {
    const { addMany, statements } = instance({ ...controlledTable(), maxRows: 2, maxQueued: 4 });
    for (const [key, count] of [
      ['a', 1],
      ['b', 2],
      ['c', 4],
      ['d', 3],
      ['e', 9],
    ] as const)
      await addMany(key, count);
    await expect
      .poll(() => statements.map((rows) => rows.map(({ count }) => count)))
      .toEqual([
        [4, 3],
        [2, 1],
      ]);
  });
});

describe('a window that is over', () => {
  test('is replaced by a new one, and its counts are not shared any more', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const table = controlledTable();
    table.state.up = false;
    const { window, add, addMany, failures, statements } = instance(table);
    await addMany('minute', LIMIT + 5);
    await expect.poll(() => failures.length).toBeGreaterThan(0);
    expect(await window.reached('minute')).toBeGreaterThan(0);
    vi.setSystemTime(Date.now() + 60_001);
    table.state.up = true;
    expect(await add('minute')).toBeUndefined();
    await expect.poll(() => [...table.sums.values()]).toEqual([1]);
    expect(statements.at(-1)).toMatchObject([{ count: 1 }]);
  });

  test('is not shared any more', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { addMany, statements, shared } = instance({ ...controlledTable(), intervalMs: 20 });
    await addMany('late', 3);
    vi.setSystemTime(Date.now() + 60_001);
    await shared();
    expect(statements).toEqual([]);
  });
});

describe('while the database is unavailable', () => {
  test('each instance counts alone, and no request waits', async () => {
    const table = controlledTable();
    table.state.up = false;
    const { window, add, addMany, failures, held } = instance(table);
    await addMany('alone', 1);
    await expect.poll(() => failures.length).toBe(1);
    await addMany('alone', LIMIT - 1);
    expect(await window.reached('alone')).toBeGreaterThan(0);
    expect(await add('alone')).toMatchObject({ first: true });
    // The first call is released by the failure; later ones are not kept open at all.
    await Promise.all(held);
    expect(held).toHaveLength(1);
  });

  test('counts are kept, and added when the database is available again', async () => {
    const table = controlledTable();
    table.state.up = false;
    const { add, addMany, failures } = instance(table);
    await addMany('back', 3);
    await expect.poll(() => failures.length).toBe(1);
    table.state.up = true;
    await add('back');
    await expect.poll(() => [...table.sums.values()]).toEqual([4]);
  });
});

test('a process that ends syncs nothing more, and is not delayed', async () => {
  const ending = new AbortController();
  const { addMany, statements, shared, held } = instance({
    ...controlledTable(),
    intervalMs: 60_000,
    signal: ending.signal,
  });
  await addMany('last', 2);
  expect(held).toHaveLength(1);
  ending.abort();
  await shared();
  await addMany('later', 2);
  expect([statements.length, held.length]).toEqual([0, 1]);
});

test('without a shared database, counts stay in memory and the limit holds', async () => {
  const window = new RateWindow('test', 2);
  const after = () => expect.unreachable();
  expect([await window.add('own', after), await window.add('own', after)]).toEqual([undefined, undefined]);
  expect(await window.add('own', after)).toMatchObject({ first: true });
  expect(await window.add('own', after)).toMatchObject({ first: false });
});

test('a count does not keep its request in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const serving = new AsyncLocalStorage<object>();
  const window = new RateWindow('test', LIMIT);

  async function served(): Promise<WeakRef<object>> {
    const request = { body: 'x' };
    await serving.run(request, () => window.add('key', () => undefined));
    return new WeakRef(request);
  }

  const request = await served();
  await expect
    .poll(() => {
      collect();
      return request.deref() === undefined;
    })
    .toBe(true);
});
