import { perProcess } from './per-process.ts';

const running = perProcess('background', () => new Set<Promise<void>>());

/** Runs work that no response waits for. It must not reject. {@link backgroundWork} keeps the process alive for it. */
export function runInBackground(work: Promise<void>): void {
  const unheld = running();
  unheld.add(work);
  void work.finally(() => unheld.delete(work));
}

/**
 * Resolves when the work that runs in the background has ended; undefined when there is none, or an earlier caller holds
 * it. Passed to `after()`, it keeps a serverless function from being frozen in it.
 */
export function backgroundWork(): Promise<void> | undefined {
  const unheld = running();
  if (unheld.size === 0) return undefined;
  const work = Promise.all(unheld).then(() => undefined);
  unheld.clear();
  return work;
}
