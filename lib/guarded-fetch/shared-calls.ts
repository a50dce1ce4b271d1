type Running<T> = { result: Promise<T>; waiting: number; abandon: AbortController };

/**
 * Lets equal concurrent calls share one run. A run is aborted when its last waiting caller leaves. Results are not
 * cached.
 */
export class SharedCalls<T> {
  readonly #running = new Map<string, Running<T>>();

  /**
   * @param key - what makes calls equal; undefined runs alone
   * @param run - starts the work; its signal aborts when no caller waits any more
   * @param signal - of this caller; aborting it rejects this call with its reason, and no other call
   */
  async join(
    key: string | undefined,
    run: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const running = (key === undefined ? undefined : this.#running.get(key)) ?? this.#start(key, run);
    running.waiting += 1;
    try {
      return await (signal === undefined ? running.result : untilAborted(running.result, signal));
    } finally {
      running.waiting -= 1;
      if (running.waiting === 0) {
        if (key !== undefined && this.#running.get(key) === running) this.#running.delete(key);
        running.abandon.abort();
      }
    }
  }

  #start(key: string | undefined, run: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abandon = new AbortController();
    const running: Running<T> = { result: run(abandon.signal), waiting: 0, abandon };
    // All callers may have left before it fails; a waiting caller gets the rejection from its own await.
    running.result.catch(() => undefined);
    if (key !== undefined) this.#running.set(key, running);
    return running;
  }
}

/** The result, unless the signal aborts first: then a rejection with its reason. */
export function untilAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  return Promise.race([result, promise]).finally(() => signal.removeEventListener('abort', abort));
}
