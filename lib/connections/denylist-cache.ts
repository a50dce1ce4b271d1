import { withDeadline } from '#lib/http/with-deadline.ts';
import { createDenylist, type Denial, type Denylist, type Position } from './denylist.ts';

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

type DenylistCacheOptions = {
  /** Opens the database; may take seconds the first time. */
  prepare(): Promise<void>;
  /** Denials that changed after a position, oldest change first; `more` when there are further ones. */
  load(after: Position): Promise<{ denials: Denial[]; more: boolean }>;
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
   * Resolves when the denylist is at most {@link MAX_AGE_MS} old; undefined when it already is.
   *
   * @throws {RevocationUnavailableError}
   */
  ready(): Promise<void> | undefined;
};

/** Above this age a call waits for a refresh. */
export const MAX_AGE_MS = 500;
/** Above this age the denylist is refreshed in the background, so that under load no call waits. */
const REFRESH_AGE_MS = 250;
/** Limit of one read. Together with the age, what a call sees is never older than a second. */
const READ_TIMEOUT_MS = 900;
const PREPARE_TIMEOUT_MS = 15_000;
/** For this long after a failure, calls are refused without a new read. */
const COOLDOWN_MS = 250;

/** Keeps the denylist fresh enough for "revoked on every instance within one second". */
export function createDenylistCache(options: DenylistCacheOptions): DenylistCache {
  const clock = options.clock ?? { monotonic: () => performance.now(), wall: () => Date.now() };
  const now = () => ({ monotonic: clock.monotonic(), wall: clock.wall() });
  // A serverless function that was frozen between requests sees a stale denylist as fresh by one of the two clocks.
  const since = (then: ReturnType<typeof now>) =>
    Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall);
  const current = createDenylist();
  let position: Position = { version: 0, target: '' };
  /** When the last complete read began. */
  let asOf = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  let failed: { at: ReturnType<typeof now>; error: RevocationUnavailableError } | undefined;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    try {
      await withDeadline(options.prepare(), PREPARE_TIMEOUT_MS, late);
      for (let more = true; more; ) {
        const began = now();
        const page = await withDeadline(options.load(position), READ_TIMEOUT_MS, late);
        current.apply(page.denials);
        position = page.denials.at(-1) ?? position;
        more = page.more;
        if (!more) asOf = began;
      }
      failed = undefined;
    } catch (error) {
      const unavailable =
        error instanceof RevocationUnavailableError
          ? error
          : new RevocationUnavailableError(options.reason(error));
      failed = { at: now(), error: unavailable };
      throw unavailable;
    }
    options.onRefresh?.(current);
  }

  function refresh(): Promise<void> {
    if (reading === undefined) {
      if (failed !== undefined && since(failed.at) < COOLDOWN_MS) return Promise.reject(failed.error);
      reading = read().finally(() => {
        reading = undefined;
      });
    }
    return reading;
  }

  return {
    current,
    ready() {
      const age = since(asOf);
      if (age <= REFRESH_AGE_MS) return undefined;
      const fresh = refresh();
      if (age > MAX_AGE_MS) return fresh;
      // A failure is reported to the first call that has to wait.
      fresh.catch(() => {});
      return undefined;
    },
  };
}

function late(): never {
  throw new RevocationUnavailableError('timeout');
}
