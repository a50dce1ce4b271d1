import { AsyncLocalStorage } from 'node:async_hooks';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { After } from '#lib/server/after.ts';
import type { Tally } from './bucket.ts';
import type { SharedCounts } from './shared-counts.ts';

export const WINDOW_SECONDS = 60;
/** Keys that are counted at once; the one unseen for longest is forgotten for a new one. */
const MAX_COUNTED = 50_000;
/** An instance keeps to itself what is below this part of the limit: most clients never cause a statement. */
const WORTH_SHARING = 1 / 20;

/**
 * Runs what sets a timer. A timer keeps alive the context that it was set in, which is the whole request, and the limiter
 * sets one for each key. Here the context is that of whoever loaded this module.
 */
const outsideOfRequests = AsyncLocalStorage.snapshot();

/** A count beyond the limit: milliseconds until the window ends, and whether it is the first one refused in it. */
export type Over = { msLeft: number; first: boolean };

/** Counts by key in windows that begin with a key's first count. Decides from memory, which is bounded. */
export class Counter {
  readonly #name: string;
  readonly #points: number;
  readonly #limiter: RateLimiterMemory;
  readonly #shared: SharedCounts | undefined;
  readonly #tallies = new LRUCache<string, Tally>({
    max: MAX_COUNTED,
    dispose: (_tally, key, reason) => {
      if (reason === 'evict') void this.#limiter.delete(key);
    },
  });

  /**
   * @param name - of the limit, the same on all instances
   * @param points - counts of a key in a window that are within the limit
   * @param shared - where instances add up what they count; without it this one counts on its own
   */
  constructor(name: string, points: number, shared?: SharedCounts) {
    this.#name = name;
    this.#points = points;
    this.#shared = shared;
    this.#limiter = new RateLimiterMemory({ points, duration: WINDOW_SECONDS, keyPrefix: '' });
  }

  /** Milliseconds until the window of `key` ends, when it has been counted up to the limit. */
  async reached(key: string): Promise<number | undefined> {
    const seen = await this.#limiter.get(key);
    return seen !== null && seen.consumedPoints >= this.#points ? seen.msBeforeNext : undefined;
  }

  /** Counts `key` once more, also beyond the limit. */
  async add(key: string, after: After): Promise<Over | undefined> {
    const result = await outsideOfRequests(() => this.#limiter.penalty(key));
    const tally = this.#tallyOf(key, result);
    tally.unshared += 1;
    if (!tally.inLine && !tally.full && result.consumedPoints >= this.#points * WORTH_SHARING)
      this.#shared?.offer(tally, after);
    if (result.consumedPoints <= this.#points) return undefined;
    const first = !tally.refused;
    tally.refused = true;
    return { msLeft: result.msBeforeNext, first };
  }

  #tallyOf(key: string, { isFirstInDuration, msBeforeNext }: RateLimiterRes): Tally {
    const known = this.#tallies.get(key);
    if (known !== undefined && !isFirstInDuration) return known;
    const tally: Tally = {
      name: `${this.#name}:${key}`,
      endsAt: Date.now() + msBeforeNext,
      unshared: 0,
      inLine: false,
      full: false,
      refused: false,
      raise: (sum, msLeft) => this.#raise(key, sum, msLeft),
    };
    this.#tallies.set(key, tally);
    return tally;
  }

  /** Sets a key to what all instances counted and what came here since they were asked. */
  #raise(key: string, sum: number, msLeft: number): void {
    const tally = this.#tallies.peek(key);
    // Forgotten meanwhile: memory is bounded by the keys in the cache.
    if (tally === undefined) return;
    tally.endsAt = Date.now() + msLeft;
    tally.full = sum >= this.#points;
    void outsideOfRequests(() => this.#limiter.set(key, sum + tally.unshared, msLeft / 1000));
  }
}
