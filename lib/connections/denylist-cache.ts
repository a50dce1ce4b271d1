import { withDeadline } from '#lib/http/with-deadline.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { runInBackground } from '#lib/server/background.ts';
import { createDenylist, type Denial, type Denylist } from './denylist.ts';
import { callerPersonKey, connectionKey } from './identity.ts';

const BRAND = Symbol.for('mcp-authkit-starter.revocation-unavailable');

/** The denylist could not be read in time, so it is not known whether a token is revoked. */
export class RevocationUnavailableError extends Error {
  readonly [BRAND] = true;
  readonly code = 'revocation_unavailable';

  constructor(reason: string) {
    super(`The denylist could not be read (${reason}).`);
    this.name = 'RevocationUnavailableError';
  }

  /** Each bundle of Next.js has its own copy of this class, and the cache of the process throws that of the first. */
  static override [Symbol.hasInstance](value: unknown): value is RevocationUnavailableError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** `version`: up to which all changes have been read. */
export type Changes = { denials: Denial[]; version: number };

type DenylistCacheOptions = {
  /** Opens the database; may take seconds the first time. */
  prepare(): Promise<void>;
  /**
   * All denials of the people of `callers`, and those that changed after a version; at first, with -1, the pending ones.
   * Reads those of `callers` first. Undefined when too many changed: then everything is read again.
   */
  load(after: number, callers: readonly Caller[]): Promise<Changes | undefined>;
  /** Whether everything else that `load` reads for a caller is in memory. */
  knows?(caller: Caller): boolean;
  /** The reason of a failure, in one word that may be logged. */
  reason(error: unknown): string;
  /** Called after each refresh. */
  onRefresh?(denylist: Denylist): void;
  clock?: Clock;
};

/** Both in milliseconds. `monotonic` never goes back but stops while a machine sleeps; `wall` does not stop. */
type Clock = { monotonic(): number; wall(): number };

export type DenylistCache = {
  /** The denylist as of the last refresh. */
  readonly current: Denylist;
  /**
   * Resolves when the denylist knows the caller's person and was at most {@link MAX_AGE_MS} old when the call came;
   * undefined when it already is.
   *
   * @throws {RevocationUnavailableError}
   */
  ready(caller: Caller): Promise<void> | undefined;
  /** Reads what changed. Does not throw. */
  refresh(): Promise<void>;
  /** A version up to which all changes are committed. Reads what changed, and throws when that fails. */
  version(): Promise<number>;
};

/** Above this age a call waits for a refresh, and joins no read that began earlier. */
export const MAX_AGE_MS = 500;
/** Above this age the denylist is refreshed in the background, so that under load no call waits. */
const REFRESH_AGE_MS = 250;
/** Limit of one read. */
const READ_TIMEOUT_MS = 900;
/** What a call sees after a read is never older. */
const MAX_AGE_READ_MS = 1_000;
const PREPARE_TIMEOUT_MS = 15_000;
/** For this long after a failure, calls are refused without a new read. */
const COOLDOWN_MS = 250;
const MAX_READS = 4;

type Moment = { monotonic: number; wall: number };
/** `began` is undefined until the database is open. */
type Reading = { began: Moment | undefined; done: Promise<void> };

/** Keeps the denylist fresh enough for "revoked on every instance within one second". */
export function createDenylistCache(options: DenylistCacheOptions): DenylistCache {
  const clock = options.clock ?? { monotonic: () => performance.now(), wall: () => Date.now() };
  const now = (): Moment => ({ monotonic: clock.monotonic(), wall: clock.wall() });
  // A serverless function that was frozen between requests sees a stale denylist as fresh by one of the two clocks.
  const since = (then: Moment) => Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall);
  const current = createDenylist();
  let version = -1;
  /** When the last complete read began. */
  let asOf: Moment = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  let failed: { at: Moment; error: RevocationUnavailableError } | undefined;
  let latest: Reading | undefined;
  /** The callers for whose people the next read loads the denials, by their connections. */
  let wanted = new Map<string, Caller>();
  const knows = (caller: Caller) => current.knows(caller) && options.knows?.(caller) !== false;

  async function read(reading: Reading): Promise<void> {
    try {
      await withDeadline(options.prepare(), PREPARE_TIMEOUT_MS, late);
      const callers = [...wanted.values()];
      wanted = new Map();
      for (let loaded: Changes | undefined; loaded === undefined; ) {
        const began = now();
        reading.began = began;
        loaded = await withDeadline(options.load(version, callers), READ_TIMEOUT_MS, late);
        if (loaded === undefined) {
          current.clear();
          version = -1;
          continue;
        }
        current.load(callers.map(callerPersonKey), loaded.denials);
        version = Math.max(version, loaded.version);
        // A read that was frozen may end after one that began later.
        if (since(began) < since(asOf)) asOf = began;
      }
      failed = undefined;
    } catch (error) {
      const unavailable =
        error instanceof RevocationUnavailableError
          ? error
          : new RevocationUnavailableError(options.reason(error));
      if (!wasFrozen(reading)) failed = { at: now(), error: unavailable };
      throw unavailable;
    } finally {
      if (latest === reading) latest = undefined;
    }
    options.onRefresh?.(current);
  }

  /** A timer that is far too late fired in a process that was frozen: its time-out says nothing about the database. */
  const wasFrozen = ({ began }: Reading) =>
    began !== undefined && since(began) > READ_TIMEOUT_MS + MAX_AGE_MS;

  /** Joins the read under way, but none that began too long ago. */
  function reread(): Reading {
    if (latest !== undefined && (latest.began === undefined || since(latest.began) <= MAX_AGE_MS))
      return latest;
    const reading: Reading = { began: undefined, done: Promise.resolve() };
    const cooling = failed !== undefined && since(failed.at) < COOLDOWN_MS ? failed.error : undefined;
    if (cooling !== undefined) return { ...reading, done: Promise.reject(cooling) };
    latest = reading;
    reading.done = read(reading);
    return reading;
  }

  async function untilReady(caller: Caller): Promise<void> {
    let maxAge = MAX_AGE_MS;
    for (let reads = 0; !(knows(caller) && since(asOf) <= maxAge); reads++) {
      if (reads === MAX_READS) return late();
      if (!knows(caller)) wanted.set(connectionKey(caller), caller);
      const reading = reread();
      try {
        await reading.done;
      } catch (error) {
        if (!wasFrozen(reading)) throw error;
      }
      maxAge = MAX_AGE_READ_MS;
    }
  }

  /** A failure is reported to the first call that has to wait. */
  const refresh = () => reread().done.catch(() => undefined);

  return {
    current,
    ready(caller) {
      const age = since(asOf);
      if (age > MAX_AGE_MS || !knows(caller)) return untilReady(caller);
      if (age > REFRESH_AGE_MS && latest === undefined) runInBackground(refresh());
      return undefined;
    },
    refresh,
    async version() {
      await reread().done;
      return version;
    },
  };
}

function late(): never {
  throw new RevocationUnavailableError('timeout');
}
