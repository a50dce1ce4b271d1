import { AsyncLocalStorage } from 'node:async_hooks';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Schedule } from '#lib/server/schedule.ts';
import type { Bucket } from './bucket.ts';
import type { SharedCounts } from './shared-counts.ts';

export const WINDOW_SECONDS = 60;
/** Keys that are counted at the same time. A new one takes the place of the least recently seen. */
const MAX_KEYS = 50_000;
/** Counts below this part of the limit are not shared: most clients never cause a statement. */
const MIN_SHARED_FRACTION = 1 / 20;

/**
 * Runs a function that sets a timer. A timer keeps the async context in which it was set, which is the whole request,
 * and the limiter sets one for each key. Here the context is that of the first import of this module.
 */
const outsideOfRequests = AsyncLocalStorage.snapshot();

/** A count beyond the limit: milliseconds until the window ends, and whether it is the first one refused in it. */
type Over = { msLeft: number; first: boolean };

/** Counts by key in windows that begin with the first count of a key. Decides from memory, which is bounded. */
export class RateWindow {
  readonly #name: string;
  readonly #limit: number;
  readonly #limiter: RateLimiterMemory;
  readonly #shared: SharedCounts | undefined;
  readonly #minShared: number;
  readonly #buckets = new LRUCache<string, Bucket>({
    max: MAX_KEYS,
    dispose: (_bucket, key, reason) => {
      if (reason === 'evict') void this.#limiter.delete(key);
    },
  });

  /**
   * @param name - of the limit, the same on all instances
   * @param limit - counts of a key in a window that are within the limit
   * @param shared - where instances add up their counts; without it this instance counts alone
   * @param minSharedFraction - part of the limit from which on the count of a key is shared
   */
  constructor(
    name: string,
    limit: number,
    shared?: SharedCounts,
    minSharedFraction: number = MIN_SHARED_FRACTION,
  ) {
    this.#name = name;
    this.#limit = limit;
    this.#shared = shared;
    this.#minShared = limit * minSharedFraction;
    this.#limiter = new RateLimiterMemory({ points: limit, duration: WINDOW_SECONDS, keyPrefix: '' });
  }

  /** Milliseconds until the window of `key` ends, when its count has reached the limit. */
  async reached(key: string): Promise<number | undefined> {
    const known = await this.#limiter.get(key);
    return known !== null && known.consumedPoints >= this.#limit ? known.msBeforeNext : undefined;
  }

  /** Counts `key` as often as `count` says, also beyond the limit. */
  async add(key: string, schedule: Schedule, count = 1): Promise<Over | undefined> {
    const result = await outsideOfRequests(() => this.#limiter.penalty(key, count));
    const bucket = this.#bucketOf(key, result);
    bucket.unshared += count;
    if (!bucket.queued && !bucket.saturated && result.consumedPoints >= this.#minShared)
      this.#shared?.enqueue(bucket, schedule);
    if (result.consumedPoints <= this.#limit) return undefined;
    const first = !bucket.refused;
    bucket.refused = true;
    return { msLeft: result.msBeforeNext, first };
  }

  #bucketOf(key: string, { isFirstInDuration, msBeforeNext }: RateLimiterRes): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined && !isFirstInDuration) return known;
    const bucket: Bucket = {
      name: `${this.#name}:${key}`,
      endsAt: Date.now() + msBeforeNext,
      unshared: 0,
      queued: false,
      saturated: false,
      refused: false,
      applyShared: (sum, msLeft) => this.#applyShared(key, sum, msLeft),
    };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** Sets the count of a key to the sum of all instances plus what was counted here since they were asked. */
  #applyShared(key: string, sum: number, msLeft: number): void {
    const bucket = this.#buckets.peek(key);
    // Evicted meanwhile: memory is bounded by the keys in the cache.
    if (bucket === undefined) return;
    bucket.endsAt = Date.now() + msLeft;
    bucket.saturated = sum >= this.#limit;
    void outsideOfRequests(() => this.#limiter.set(key, sum + bucket.unshared, msLeft / 1000));
  }
}
