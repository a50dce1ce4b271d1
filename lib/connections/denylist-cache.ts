import { withDeadline } from '#lib/http/with-deadline.ts';
import { createDenialList, type Denial, type DenialList, type Position } from './denylist.ts';

const BRAND = Symbol.for('mcp-authkit-starter.revocation-unavailable');

/** The list of denials could not be read in time: whether a token is revoked is not known. */
export class RevocationUnavailableError extends Error {
  readonly [BRAND] = true;
  readonly code = 'revocation_unavailable';

  constructor(reason: string) {
    super(`Whether a connection is revoked could not be looked up (${reason}).`);
    this.name = 'RevocationUnavailableError';
  }

  /** Every bundle has a copy of this class, and the list of the process throws that of the first. */
  static override [Symbol.hasInstance](value: unknown): value is RevocationUnavailableError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

export type FreshListOptions = {
  /** Makes the database ready; may take seconds the first time. */
  prepare(): Promise<void>;
  /** Denials that changed after a position, oldest change first; `more` when there are others. */
  load(after: Position): Promise<{ denials: Denial[]; more: boolean }>;
  /** Why something failed, in a word that may be logged. */
  reason(error: unknown): string;
  /** Called after each time the list was brought up to date. */
  refreshed?(list: DenialList): void;
  clock?: Clock;
};

/** Milliseconds. `monotonic` only goes forward, but stands still while a machine sleeps; `wall` does not. */
export type Clock = { monotonic(): number; wall(): number };

export type DenylistCache = {
  readonly list: DenialList;
  /**
   * Resolves when the list is at most {@link MAX_AGE_MS} old; at once, mostly.
   *
   * @throws {RevocationUnavailableError}
   */
  ready(): Promise<void> | undefined;
};

/** Above this age a call waits for the list to be read again. */
export const MAX_AGE_MS = 500;
/** Above this age the list is read again while calls go on: under load nobody waits. */
const REFRESH_AGE_MS = 250;
/** One read of the list. With it, what a call sees is never older than a second. */
const READ_TIMEOUT_MS = 900;
const PREPARE_TIMEOUT_MS = 15_000;
/** After a failure, calls are refused without asking the database again for this long. */
const COOLDOWN_MS = 250;

/** Keeps a list of denials as fresh as the promise "revoked everywhere within a second" needs. */
export function createDenylistCache(options: FreshListOptions): DenylistCache {
  const clock = options.clock ?? { monotonic: () => performance.now(), wall: () => Date.now() };
  const now = () => ({ monotonic: clock.monotonic(), wall: clock.wall() });
  // A function that is frozen between requests wakes up with a list that looks young to one of its clocks.
  const since = (then: ReturnType<typeof now>) =>
    Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall);
  const list = createDenialList();
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
        list.apply(page.denials);
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
    options.refreshed?.(list);
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
    list,
    ready() {
      const age = since(asOf);
      if (age <= REFRESH_AGE_MS) return undefined;
      const fresh = refresh();
      if (age > MAX_AGE_MS) return fresh;
      // Whether it failed is told to the first call that has to wait.
      fresh.catch(() => {});
      return undefined;
    },
  };
}

function late(): never {
  throw new RevocationUnavailableError('timeout');
}
