import { LRUCache } from 'lru-cache';
import { GuardedFetchError } from './guarded-fetch-error.ts';

/** Requests per minute and at once that guarded fetches may make. */
export type FetchLimits = { perKeyPerMinute: number; perHostPerMinute: number; atOnce: number };

export const DEFAULT_LIMITS: FetchLimits = { perKeyPerMinute: 300, perHostPerMinute: 300, atOnce: 64 };

type Window = { used: number };

/** Counts requests in windows of one minute, by person and by host, in bounded memory. */
export class FetchBudget {
  readonly #limits: FetchLimits;
  readonly #windows = new LRUCache<string, Window>({ max: 10_000, ttl: 60_000 });
  #running = 0;

  constructor(limits: FetchLimits) {
    this.#limits = limits;
  }

  /** @throws {GuardedFetchError} `limited` when this person asked for too much */
  takeForKey(limitKey: string): void {
    this.#take(`key ${limitKey}`, this.#limits.perKeyPerMinute);
  }

  /**
   * Claims one running request to a host; the returned function gives it back.
   *
   * @throws {GuardedFetchError} `limited` when the host is asked too often or too much is running
   */
  start(host: string): () => void {
    if (this.#running >= this.#limits.atOnce) throw new GuardedFetchError('limited', 'requests at once');
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
