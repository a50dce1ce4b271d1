import { describe, expect, test } from 'vitest';
import type { Denial, Position } from '#lib/connections/denylist.ts';
import { createDenylistCache, MAX_AGE_MS } from '#lib/connections/denylist-cache.ts';
import { callerPersonKey, connectionKey } from '#lib/connections/identity.ts';
import { callerOf } from '#tests/support/caller.ts';

const caller = callerOf();

function denialFor(parts: Partial<Denial> = {}): Denial {
  return {
    target: connectionKey(caller),
    person: callerPersonKey(caller),
    cutoff: caller.issuedAt,
    always: false,
    pending: false,
    coversUnattributed: false,
    version: 1,
    ...parts,
  };
}

/** A cache over a table and a clock that the test controls. */
function cacheOver(table: Denial[] = []) {
  const state = { now: 0, asleep: 0, reads: 0, table, failing: false, hanging: false, pageSize: 100 };
  const cache = createDenylistCache({
    prepare: async () => {},
    load: async (after: Position) => {
      state.reads++;
      if (state.hanging) await new Promise(() => {});
      if (state.failing) throw new Error('down');
      const rest = state.table
        .filter(
          ({ version, target }) =>
            version > after.version || (version === after.version && target > after.target),
        )
        .sort((a, b) => a.version - b.version || (a.target < b.target ? -1 : 1));
      return { denials: rest.slice(0, state.pageSize), more: rest.length > state.pageSize };
    },
    reason: () => 'down',
    clock: { monotonic: () => state.now, wall: () => state.now + state.asleep },
  });
  return { cache, state };
}

describe('the denylist cache', () => {
  test('needs no read while it is fresh, and one read for concurrent callers', async () => {
    const { cache, state } = cacheOver();
    await Promise.all(Array.from({ length: 100 }, () => cache.ready()));
    expect(state.reads).toBe(1);
    state.now += 100;
    expect(cache.ready()).toBeUndefined();
    expect(state.reads).toBe(1);
  });

  test('is refreshed in the background before it is too old', async () => {
    const { cache, state } = cacheOver();
    await cache.ready();
    state.now += MAX_AGE_MS;
    expect(cache.ready()).toBeUndefined();
    await expect.poll(() => state.reads).toBe(2);
  });

  test('shows what another instance wrote to the first call after the age limit', async () => {
    const { cache, state } = cacheOver();
    await cache.ready();
    expect(cache.current.denies(caller)).toBe(false);
    state.table.push(denialFor());
    state.now += MAX_AGE_MS + 1;
    await cache.ready();
    expect(cache.current.denies(caller)).toBe(true);
  });

  test('is stale after the machine slept, even if the monotonic clock stopped', async () => {
    const { cache, state } = cacheOver();
    await cache.ready();
    state.table.push(denialFor());
    state.asleep = 60_000;
    await cache.ready();
    expect(cache.current.denies(caller)).toBe(true);
  });

  test('is read in pages, also within one version', async () => {
    const table = Array.from({ length: 25 }, (_, n) => denialFor({ target: `t${n}`, version: 1 }));
    const { cache, state } = cacheOver([...table, denialFor({ version: 2 })]);
    state.pageSize = 4;
    await cache.ready();
    expect(state.reads).toBe(7);
    expect(cache.current.denies(caller)).toBe(true);
  });
});

describe('the database is unavailable', () => {
  test('a stale denylist is never used: the call is refused as unavailable, not accepted as active', async () => {
    const { cache, state } = cacheOver();
    await cache.ready();
    state.failing = true;
    state.now += MAX_AGE_MS + 1;
    await expect(cache.ready()).rejects.toMatchObject({ code: 'revocation_unavailable' });
    await expect(cache.ready()).rejects.toMatchObject({ code: 'revocation_unavailable' });
    expect(state.reads).toBe(2);
    state.failing = false;
    state.now += 300;
    await cache.ready();
    expect(state.reads).toBe(3);
  });

  test('a read that takes longer than the promised second fails', async () => {
    const { cache, state } = cacheOver();
    state.hanging = true;
    await expect(cache.ready()).rejects.toThrow('timeout');
  });

  test('a failed background refresh affects no call while the denylist is fresh enough', async () => {
    const { cache, state } = cacheOver();
    await cache.ready();
    state.failing = true;
    state.now += MAX_AGE_MS - 1;
    expect(cache.ready()).toBeUndefined();
    await expect.poll(() => state.reads).toBe(2);
  });
});

describe('the denylist', () => {
  test('keeps the newest version of a target, in any order of arrival', () => {
    const { cache } = cacheOver();
    cache.current.apply([denialFor({ version: 5, always: true, pending: true }), denialFor({ version: 4 })]);
    expect(cache.current.denies({ ...caller, issuedAt: caller.issuedAt + 10 })).toBe(true);
    expect(cache.current.hasPending()).toBe(true);
    cache.current.apply([denialFor({ version: 6, cutoff: caller.issuedAt + 5 })]);
    expect(cache.current.hasPending()).toBe(false);
    expect(cache.current.denies({ ...caller, issuedAt: caller.issuedAt + 5 })).toBe(true);
    expect(cache.current.denies({ ...caller, issuedAt: caller.issuedAt + 6 })).toBe(false);
  });

  test('drops entries that are older than every accepted token, and keeps the others', () => {
    const { cache } = cacheOver();
    cache.current.apply([denialFor({ cutoff: 100, coversUnattributed: true })]);
    cache.current.apply([denialFor({ target: 'consent', cutoff: 100, always: true })]);
    cache.current.dropExpired(101);
    expect(cache.current.denies({ ...caller, issuedAt: 50 })).toBe(false);
    expect(cache.current.denies(callerOf({ clientId: undefined, issuedAt: 50 }))).toBe(false);
  });
});
