import { describe, expect, test } from 'vitest';
import type { Denial } from '#lib/connections/denylist.ts';
import { createDenylistCache, MAX_AGE_MS } from '#lib/connections/denylist-cache.ts';
import { callerKeys, callerPersonKey, type Person, personKey } from '#lib/connections/identity.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { callerOf } from '#tests/support/caller.ts';

const caller = callerOf();
const UNAVAILABLE = { code: 'revocation_unavailable' };

function denialFor(parts: Partial<Denial> = {}): Denial {
  return {
    target: callerKeys(caller).client,
    parent: null,
    person: callerPersonKey(caller),
    cutoff: caller.issuedAt,
    permanent: false,
    pending: false,
    regranted: false,
    coversUnattributed: false,
    version: 1,
    ...parts,
  };
}

/** A cache over a table and a clock that the test controls. */
function cacheOver(table: Denial[] = []) {
  const state = {
    now: 0,
    asleep: 0,
    reads: 0,
    people: [] as string[],
    table,
    failing: false,
    hanging: false,
    tooMany: false,
    /** Called when a read has taken its rows, before it returns them. */
    onRead: async () => {},
  };
  const cache = createDenylistCache({
    prepare: async () => {},
    load: async (after: number, people: readonly Person[]) => {
      state.reads++;
      state.people.push(...people.map(({ subject }) => subject));
      if (state.hanging) await new Promise(() => {});
      if (state.failing) throw new Error('down');
      if (state.tooMany && after >= 0) {
        state.tooMany = false;
        return undefined;
      }
      const keys = people.map(personKey);
      const denials = state.table.filter(
        ({ person, version, pending }) => keys.includes(person) || (after < 0 ? pending : version > after),
      );
      const version = Math.max(0, after, ...state.table.map((denial) => denial.version));
      await state.onRead();
      return { denials, version };
    },
    reason: () => 'down',
    clock: { monotonic: () => state.now, wall: () => state.now + state.asleep },
  });
  return { cache, state };
}

describe('the denylist cache', () => {
  test('needs no read while it is fresh, and one read for concurrent callers', async () => {
    const { cache, state } = cacheOver();
    await Promise.all(Array.from({ length: 100 }, () => cache.ready(caller)));
    expect(state.reads).toBe(1);
    state.now += 100;
    expect(cache.ready(caller)).toBeUndefined();
    expect(state.reads).toBe(1);
  });

  test('is refreshed in the background before it is too old, in work that can be awaited after the response', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    state.now += MAX_AGE_MS;
    expect(cache.ready(caller)).toBeUndefined();
    expect(cache.ready(caller)).toBeUndefined();
    await backgroundWork();
    expect(state.reads).toBe(2);
  });

  test('shows what another instance wrote to the first call after the age limit', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    expect(cache.current.judge(caller)).toBe('active');
    state.table.push(denialFor());
    state.now += MAX_AGE_MS + 1;
    await cache.ready(caller);
    expect(cache.current.judge(caller)).toBe('revoked');
  });

  test('reads the denials of a person once, with their first call, however old these are', async () => {
    const { cache, state } = cacheOver([denialFor({ version: 3, permanent: true, cutoff: 0 })]);
    const other = callerOf({ subject: 'user_other' });
    await cache.ready(other);
    expect(cache.current.judge(caller)).toBeUndefined();
    await cache.ready(caller);
    expect(cache.current.judge(caller)).toBe('unless_listed');
    await Promise.all([cache.ready(caller), cache.ready(other)]);
    expect(state.people).toEqual(['user_other', 'user_ada']);
  });

  test('learns of a revocation that was made while the denials of its person were read', async () => {
    const { cache, state } = cacheOver();
    state.onRead = async () => cache.current.apply([denialFor({ version: 7 })]);
    await cache.ready(caller);
    expect(cache.current.judge(caller)).toBe('revoked');
  });

  test('starts again when too much changed', async () => {
    const { cache, state } = cacheOver([denialFor()]);
    await cache.ready(caller);
    state.tooMany = true;
    state.now += MAX_AGE_MS + 1;
    await cache.ready(caller);
    expect(cache.current.judge(caller)).toBe('revoked');
  });
});

describe('a process that was frozen', () => {
  test('is stale, even if the monotonic clock stopped', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    state.table.push(denialFor());
    state.asleep = 60_000;
    await cache.ready(caller);
    expect(cache.current.judge(caller)).toBe('revoked');
  });

  test('joins no read that began before, and reads anew', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    const thawed = Promise.withResolvers<void>();
    state.onRead = () => thawed.promise;
    state.now += MAX_AGE_MS;
    expect(cache.ready(caller)).toBeUndefined();
    await expect.poll(() => state.reads).toBe(2);
    // The read took its rows; then 600 s pass, and the client is revoked.
    state.onRead = async () => {};
    state.asleep = 600_000;
    state.table.push(denialFor());
    const ready = cache.ready(caller);
    thawed.resolve();
    await ready;
    expect(cache.current.judge(caller)).toBe('revoked');
    expect(state.reads).toBe(3);
  });

  test('looks at the age again after it waited', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    state.now += MAX_AGE_MS + 1;
    state.onRead = async () => {
      state.onRead = async () => {};
      state.table.push(denialFor());
      state.asleep = 600_000;
    };
    await cache.ready(caller);
    expect(cache.current.judge(caller)).toBe('revoked');
  });

  test('does not count a read that ran out of time meanwhile as a failure of the database', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    state.hanging = true;
    state.now += MAX_AGE_MS + 1;
    const ready = cache.ready(caller);
    await expect.poll(() => state.reads).toBe(2);
    state.asleep = 600_000;
    state.hanging = false;
    state.table.push(denialFor());
    await ready;
    expect(cache.current.judge(caller)).toBe('revoked');
  });
});

describe('the database is unavailable', () => {
  test('a stale denylist is never used: the call is refused as unavailable, not accepted as active', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    state.failing = true;
    state.now += MAX_AGE_MS + 1;
    await expect(cache.ready(caller)).rejects.toMatchObject(UNAVAILABLE);
    await expect(cache.ready(caller)).rejects.toMatchObject(UNAVAILABLE);
    expect(state.reads).toBe(2);
    state.failing = false;
    state.now += 300;
    await cache.ready(caller);
    expect(state.reads).toBe(3);
  });

  test('a read that takes longer than the promised second fails', async () => {
    const { cache, state } = cacheOver();
    state.hanging = true;
    await expect(cache.ready(caller)).rejects.toThrow('timeout');
  });

  test('a failed background refresh affects no call while the denylist is fresh enough', async () => {
    const { cache, state } = cacheOver();
    await cache.ready(caller);
    state.failing = true;
    state.now += MAX_AGE_MS - 1;
    expect(cache.ready(caller)).toBeUndefined();
    await backgroundWork();
    expect(state.reads).toBe(2);
  });
});

describe('the denylist', () => {
  async function denylistOf(...denials: Denial[]) {
    const { cache } = cacheOver(denials);
    await cache.ready(caller);
    return cache.current;
  }
  const at = (seconds: number, sessionId = 'consent_2') => ({
    ...caller,
    sessionId,
    issuedAt: caller.issuedAt + seconds,
  });
  const session = callerKeys(caller).session ?? '';

  test('keeps the newest version of a target, in any order of arrival', async () => {
    const denylist = await denylistOf();
    denylist.apply([denialFor({ version: 5, pending: true }), denialFor({ version: 4 })]);
    expect(denylist.judge(at(60))).toBe('revoked');
    expect(denylist.hasPending()).toBe(true);
    denylist.apply([denialFor({ version: 6, cutoff: caller.issuedAt + 5 })]);
    expect(denylist.hasPending()).toBe(false);
    expect(denylist.judge(at(5))).toBe('revoked');
  });

  test('refuses tokens up to the tolerance of clocks after the revocation, whatever fraction their time has', async () => {
    const denylist = await denylistOf(denialFor());
    expect(denylist.judge(at(0.9))).toBe('revoked');
    expect(denylist.judge(at(10.9))).toBe('unless_listed');
    expect(denylist.judge(at(11))).toBe('active');
  });

  test('accepts a token within the tolerance when WorkOS listed a grant again and its consent is new', async () => {
    const consent = denialFor({ target: session, parent: callerKeys(caller).client });
    const denylist = await denylistOf(denialFor({ regranted: true }), consent);
    expect(denylist.judge(at(3))).toBe('active');
    expect(denylist.judge(at(3, 'consent_1'))).toBe('revoked');
    expect(denylist.judge(at(0))).toBe('revoked');
  });

  test('refuses a revoked consent of a client, also when its tokens name no client, and no other client', async () => {
    const consent = denialFor({ target: session, parent: callerKeys(caller).client, permanent: true });
    const denylist = await denylistOf(consent);
    const later = at(3600, 'consent_1');
    expect(denylist.judge(later)).toBe('unless_listed');
    expect(denylist.judge({ ...later, organizationId: 'org_1' })).toBe('unless_listed');
    expect(denylist.judge({ ...later, clientId: undefined })).toBe('unless_listed');
    expect(denylist.judge({ ...later, clientId: 'another' })).toBe('active');
    expect(denylist.judge(at(3600))).toBe('active');
  });

  test('refuses a client in every organization', async () => {
    const denylist = await denylistOf(denialFor({ pending: true }));
    expect(denylist.judge({ ...caller, organizationId: 'org_1' })).toBe('revoked');
  });
});
