import { LRUCache } from 'lru-cache';
import { GuardedFetchError } from './guarded-fetch-error.ts';

/** Limits of guarded fetches: requests per minute, and concurrent requests. */
export type FetchLimits = { perKeyPerMinute: number; perHostPerMinute: number; concurrent: number };

export const DEFAULT_LIMITS: FetchLimits = { perKeyPerMinute: 300, perHostPerMinute: 300, concurrent: 64 };

type Window = { used: number };

/** Counts requests in windows of one minute, by person and by host, in bounded memory. */
export class FetchBudget {
  readonly #limits: FetchLimits;
  readonly #windows = new LRUCache<string, Window>({ max: 10_000, ttl: 60_000 });
  #running = 0;

  constructor(limits: FetchLimits) {
    this.#limits = limits;
  }

  /** @throws {GuardedFetchError} `limited` after too many requests of this person */
  takeForKey(limitKey: string): void {
    this.#take(`key ${limitKey}`, this.#limits.perKeyPerMinute);
  }

  /**
   * Counts one running request to a host until the returned function is called.
   *
   * @throws {GuardedFetchError} `limited` after too many requests to the host, or while too many are running
   */
  start(host: string): () => void {
    if (this.#running >= this.#limits.concurrent)
      throw new GuardedFetchError('limited', 'concurrent requests');
    this.#take(`host ${host}`, this.#limits.perHostPerMinute);
    this.#running += 1;
    return () => {
      this.#running -= 1;
    };
  }

  #take(name: string, limit: number): void {
    const window = this.#windows.get(name);
    if (window === undefined) {
      this.#windows.set(name, { used: 1 });
      return;
    }
    if (window.used >= limit) throw new GuardedFetchError('limited', `per minute, ${name.split(' ', 1)[0]}`);
    window.used += 1;
  }
}
