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

/** A list over a table that the test holds, on a clock that the test moves. */
function listOver(table: Denial[] = []) {
  const state = { now: 0, asleep: 0, reads: 0, table, failing: false, hanging: false, pageSize: 100 };
  const fresh = createDenylistCache({
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
  return { fresh, state };
}

describe('asking whether a connection is revoked', () => {
  test('costs no read while the list is young, and one read for all who ask at once', async () => {
    const { fresh, state } = listOver();
    await Promise.all(Array.from({ length: 100 }, () => fresh.ready()));
    expect(state.reads).toBe(1);
    state.now += 100;
    expect(fresh.ready()).toBeUndefined();
    expect(state.reads).toBe(1);
  });

  test('a list that ages is read again while calls go on', async () => {
    const { fresh, state } = listOver();
    await fresh.ready();
    state.now += MAX_AGE_MS;
    expect(fresh.ready()).toBeUndefined();
    await expect.poll(() => state.reads).toBe(2);
  });

  test('what another instance wrote is seen by the first call after the age limit', async () => {
    const { fresh, state } = listOver();
    await fresh.ready();
    expect(fresh.list.denies(caller)).toBe(false);
    state.table.push(denialFor());
    state.now += MAX_AGE_MS + 1;
    await fresh.ready();
    expect(fresh.list.denies(caller)).toBe(true);
  });

  test('after the machine slept the list is old, whatever the clock that slept with it says', async () => {
    const { fresh, state } = listOver();
    await fresh.ready();
    state.table.push(denialFor());
    state.asleep = 60_000;
    await fresh.ready();
    expect(fresh.list.denies(caller)).toBe(true);
  });

  test('a long list is read in pages, rows of one version included', async () => {
    const table = Array.from({ length: 25 }, (_, n) => denialFor({ target: `t${n}`, version: 1 }));
    const { fresh, state } = listOver([...table, denialFor({ version: 2 })]);
    state.pageSize = 4;
    await fresh.ready();
    expect(state.reads).toBe(7);
    expect(fresh.list.denies(caller)).toBe(true);
  });
});

describe('the database cannot say', () => {
  test('an old list is never used: the call is refused as unavailable, not as active', async () => {
    const { fresh, state } = listOver();
    await fresh.ready();
    state.failing = true;
    state.now += MAX_AGE_MS + 1;
    await expect(fresh.ready()).rejects.toMatchObject({ code: 'revocation_unavailable' });
    await expect(fresh.ready()).rejects.toMatchObject({ code: 'revocation_unavailable' });
    expect(state.reads).toBe(2);
    state.failing = false;
    state.now += 300;
    await fresh.ready();
    expect(state.reads).toBe(3);
  });

  test('an answer that takes longer than the promise of one second is no answer', async () => {
    const { fresh, state } = listOver();
    state.hanging = true;
    await expect(fresh.ready()).rejects.toThrow('timeout');
  });

  test('a failed read in the background troubles nobody while the list is young enough', async () => {
    const { fresh, state } = listOver();
    await fresh.ready();
    state.failing = true;
    state.now += MAX_AGE_MS - 1;
    expect(fresh.ready()).toBeUndefined();
    await expect.poll(() => state.reads).toBe(2);
  });
});

describe('the list of denials', () => {
  test('keeps the newest word on a connection, in whatever order rows arrive', () => {
    const { fresh } = listOver();
    fresh.list.apply([denialFor({ version: 5, always: true, pending: true }), denialFor({ version: 4 })]);
    expect(fresh.list.denies({ ...caller, issuedAt: caller.issuedAt + 10 })).toBe(true);
    expect(fresh.list.hasPending()).toBe(true);
    fresh.list.apply([denialFor({ version: 6, cutoff: caller.issuedAt + 5 })]);
    expect(fresh.list.hasPending()).toBe(false);
    expect(fresh.list.denies({ ...caller, issuedAt: caller.issuedAt + 5 })).toBe(true);
    expect(fresh.list.denies({ ...caller, issuedAt: caller.issuedAt + 6 })).toBe(false);
  });

  test('forgets cut-offs that no accepted token can be older than, and nothing else', () => {
    const { fresh } = listOver();
    fresh.list.apply([denialFor({ cutoff: 100, coversUnattributed: true })]);
    fresh.list.apply([denialFor({ target: 'consent', cutoff: 100, always: true })]);
    fresh.list.forget(101);
    expect(fresh.list.denies({ ...caller, issuedAt: 50 })).toBe(false);
    expect(fresh.list.denies(callerOf({ clientId: undefined, issuedAt: 50 }))).toBe(false);
  });
});
