import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LimitCount } from '#lib/limits/limit-counts.ts';
import { Counter } from '#lib/limits/rate-window.ts';
import { type SharedCountsOptions, shareCounts } from '#lib/limits/shared-counts.ts';

const LIMIT = 20;

afterEach(() => vi.useRealTimers());

/** An instance: its own memory, and a table that it shares with the others. */
function instance(
  options: Pick<SharedCountsOptions, 'exchange'> & Partial<SharedCountsOptions> & { limit?: number },
) {
  const { limit = LIMIT, exchange, ...sharing } = options;
  const held: Promise<void>[] = [];
  const failures: unknown[] = [];
  const statements: (readonly LimitCount[])[] = [];
  const shared = shareCounts({
    everyMs: 1,
    retryMs: 1,
    failed: (error) => void failures.push(error),
    ...sharing,
    exchange: (added) => {
      statements.push(added);
      return exchange(added);
    },
  });
  const counter = new Counter('test', limit, shared);
  const add = (key: string) => counter.add(key, (task) => void held.push(Promise.resolve(task())));
  return {
    counter,
    add,
    held,
    failures,
    statements,
    async addMany(key: string, count: number) {
      for (let n = 0; n < count; n++) await add(key);
    },
    /** Resolves when what was counted so far has been shared, or could not be. */
    shared: () => Promise.all(held),
  };
}

/** A table that a test holds in its hands. */
function tableInHand() {
  const sums = new Map<string, number>();
  const state = { up: true, msLeft: 60_000 };
  return {
    sums,
    state,
    exchange: async (added: readonly LimitCount[]) => {
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
  test('refuse together what is over the limit together', async () => {
    const table = tableInHand();
    const [one, two] = [instance(table), instance(table)];
    for (let n = 0; n < LIMIT / 2; n++) {
      expect([await one.add('half'), await two.add('half')]).toEqual([undefined, undefined]);
    }
    await Promise.all([one.shared(), two.shared()]);
    await one.add('half');
    await two.add('half');
    await Promise.all([one.shared(), two.shared()]);
    for (const { counter, add } of [one, two]) {
      expect(await counter.reached('half')).toBeGreaterThan(0);
      expect(await add('half')).toMatchObject({ first: expect.any(Boolean) });
    }
    expect(await one.counter.reached('somebody-else')).toBeUndefined();
  });

  test('tell one that sees an address for the first time what the others counted', async () => {
    const table = tableInHand();
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
    const table = tableInHand();
    table.state.msLeft = 7_000;
    const { counter, addMany, shared } = instance(table);
    await addMany('end', LIMIT);
    await shared();
    const msLeft = await counter.reached('end');
    expect(msLeft).toBeGreaterThan(0);
    expect(msLeft).toBeLessThanOrEqual(7_000);
  });

  test('keep what was counted while the table was asked', async () => {
    let answer = (_sums: LimitCount[]) => {};
    const { counter, addMany, statements, shared } = instance({
      exchange: () => new Promise((resolve) => (answer = resolve)),
    });
    await addMany('meanwhile', 5);
    await expect.poll(() => statements.length).toBe(1);
    await addMany('meanwhile', 6);
    const [{ key } = { key: '' }] = statements[0] ?? [];
    answer([{ key, count: LIMIT - 6, msLeft: 60_000 }]);
    await shared();
    expect(await counter.reached('meanwhile')).toBeGreaterThan(0);
  });

  test('do not name an address in the table', async () => {
    const { addMany, statements, shared } = instance(tableInHand());
    await addMany('203.0.113.7', 2);
    await shared();
    expect(statements[0]).toEqual([
      { key: expect.stringMatching(/^[\w-]{22}$/), count: 2, msLeft: expect.any(Number) },
    ]);
  });
});

describe('the database is asked little', () => {
  test('counts of one moment go in one statement, each key once', async () => {
    const { addMany, statements, shared, held } = instance(tableInHand());
    await addMany('a', 9);
    await addMany('b', 3);
    expect(held).toHaveLength(1);
    await shared();
    expect(statements.map((rows) => rows.map(({ count }) => count))).toEqual([[9, 3]]);
  });

  test('not at all for who stays below a twentieth of the limit, and then for everything of the window', async () => {
    const { addMany, statements, shared, held } = instance({ ...tableInHand(), limit: 200 });
    await addMany('rare', 9);
    expect(held).toEqual([]);
    await addMany('rare', 1);
    await shared();
    expect(statements.map((rows) => rows.map(({ count }) => count))).toEqual([[10]]);
  });

  test('no more about who is known to be over the limit', async () => {
    const { addMany, statements, shared, held } = instance(tableInHand());
    await addMany('loud', LIMIT);
    await shared();
    await addMany('loud', 100);
    expect([statements.length, held.length]).toEqual([1, 1]);
  });

  test('a flood from everywhere is a few rows, those that count most first', async () => {
    const { addMany, statements } = instance({ ...tableInHand(), maxRows: 2, maxWaiting: 4 });
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
  test('begins anew, and adds nothing of the old one to what others count', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const table = tableInHand();
    table.state.up = false;
    const { counter, add, addMany, failures, statements } = instance(table);
    await addMany('minute', LIMIT + 5);
    await expect.poll(() => failures.length).toBeGreaterThan(0);
    expect(await counter.reached('minute')).toBeGreaterThan(0);
    vi.setSystemTime(Date.now() + 60_001);
    table.state.up = true;
    expect(await add('minute')).toBeUndefined();
    await expect.poll(() => [...table.sums.values()]).toEqual([1]);
    expect(statements.at(-1)).toMatchObject([{ count: 1 }]);
  });

  test('is not told to others any more', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { addMany, statements, shared } = instance({ ...tableInHand(), everyMs: 20 });
    await addMany('late', 3);
    vi.setSystemTime(Date.now() + 60_001);
    await shared();
    expect(statements).toEqual([]);
  });
});

describe('the database is away', () => {
  test('each instance counts on its own, and nobody waits for it', async () => {
    const table = tableInHand();
    table.state.up = false;
    const { counter, add, addMany, failures, held } = instance(table);
    await addMany('alone', 1);
    await expect.poll(() => failures.length).toBe(1);
    await addMany('alone', LIMIT - 1);
    expect(await counter.reached('alone')).toBeGreaterThan(0);
    expect(await add('alone')).toMatchObject({ first: true });
    // The call that asked first is let go with the failure; later ones are not held up at all.
    await Promise.all(held);
    expect(held).toHaveLength(1);
  });

  test('what was counted meanwhile is added when it is back', async () => {
    const table = tableInHand();
    table.state.up = false;
    const { add, addMany, failures } = instance(table);
    await addMany('back', 3);
    await expect.poll(() => failures.length).toBe(1);
    table.state.up = true;
    await add('back');
    await expect.poll(() => [...table.sums.values()]).toEqual([4]);
  });
});

test('a process that ends asks for nothing more, and is not held up', async () => {
  const ending = new AbortController();
  const { addMany, statements, shared, held } = instance({
    ...tableInHand(),
    everyMs: 60_000,
    signal: ending.signal,
  });
  await addMany('last', 2);
  expect(held).toHaveLength(1);
  ending.abort();
  await shared();
  await addMany('later', 2);
  expect([statements.length, held.length]).toEqual([0, 1]);
});

test('without a database to share, counts stay in memory and the limit holds', async () => {
  const counter = new Counter('test', 2);
  const after = () => expect.unreachable();
  expect([await counter.add('own', after), await counter.add('own', after)]).toEqual([undefined, undefined]);
  expect(await counter.add('own', after)).toMatchObject({ first: true });
  expect(await counter.add('own', after)).toMatchObject({ first: false });
});

test('a request is not kept in memory for as long as its count is', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const serving = new AsyncLocalStorage<object>();
  const counter = new Counter('test', LIMIT);

  async function served(): Promise<WeakRef<object>> {
    const request = { body: 'x' };
    await serving.run(request, () => counter.add('somebody', () => undefined));
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
