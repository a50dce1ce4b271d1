import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { After } from '#lib/server/after.ts';
import type { Tally } from './bucket.ts';
import type { LimitCount } from './limit-counts.ts';

/** Milliseconds that counts wait for others: what a client may be served beyond a limit is what it sends meanwhile. */
const EVERY_MS = 500;
/** Milliseconds until the next attempt after one that failed. */
const RETRY_MS = 5_000;
/** Rows in one statement, those with the most to add first: a flood from everywhere is no flood of writes. */
const MAX_ROWS = 100;
/** Tallies that may wait for a statement; the others come back with their next count. */
const MAX_WAITING = 2_000;

export type SharedCountsOptions = {
  /** Adds counts to those of the other instances and tells their sums. */
  exchange(added: readonly LimitCount[]): Promise<readonly LimitCount[]>;
  /** Told why an exchange failed. */
  failed(error: unknown): void;
  /** Called after each exchange. */
  exchanged?(): void;
  /** Aborted when the process ends: nothing is exchanged from then on. */
  signal?: AbortSignal;
  everyMs?: number;
  retryMs?: number;
  maxRows?: number;
  maxWaiting?: number;
};

export type SharedCounts = {
  /**
   * Puts a tally in line. Never throws, never waits. The first one in line has `after` keep the process up until the
   * exchange, for where a process is frozen between requests.
   */
  offer(tally: Tally, after: After): void;
};

/** A key of the table: names no address, and has one length. */
const rowKey = (name: string) => hash('sha256', name, 'base64url').slice(0, 22);

/** Adds what this instance counted to what others did, in groups, and raises its tallies to the sums. */
export function shareCounts({
  exchange,
  failed,
  exchanged,
  signal,
  everyMs = EVERY_MS,
  retryMs = RETRY_MS,
  maxRows = MAX_ROWS,
  maxWaiting = MAX_WAITING,
}: SharedCountsOptions): SharedCounts {
  let waiting = new Map<string, Tally>();
  let running: Promise<void> | undefined;
  let held = false;
  let failing = false;

  /** Takes out of the line what the next statement adds. A tally whose window is over is of no use to anybody. */
  function nextInLine(now: number): { tally: Tally; row: LimitCount }[] {
    const byCount = [...waiting.values()].sort((a, b) => b.unshared - a.unshared);
    waiting = new Map(byCount.slice(maxRows).map((tally) => [tally.name, tally]));
    return byCount.slice(0, maxRows).flatMap((tally) => {
      const msLeft = tally.endsAt - now;
      const row = { key: rowKey(tally.name), count: tally.unshared, msLeft };
      tally.inLine = false;
      tally.unshared = 0;
      return msLeft > 0 ? [{ tally, row }] : [];
    });
  }

  async function exchangeNow(): Promise<void> {
    const next = nextInLine(Date.now());
    if (next.length === 0) return;
    try {
      const sums = await exchange(next.map(({ row }) => row));
      const byKey = new Map(sums.map((sum) => [sum.key, sum]));
      for (const { tally, row } of next) {
        const sum = byKey.get(row.key);
        if (sum !== undefined) tally.raise(sum.count, sum.msLeft);
      }
      failing = false;
      exchanged?.();
    } catch (error) {
      for (const { tally, row } of next) tally.unshared += row.count;
      failing = true;
      failed(error);
    }
  }

  async function run(): Promise<void> {
    held = false;
    try {
      await pause(failing ? retryMs : everyMs, undefined, { ref: false, signal });
      await exchangeNow();
    } catch {
      // The process ends: what was not shared goes with it.
      waiting.clear();
    }
    running = waiting.size > 0 ? run() : undefined;
  }

  return {
    offer(tally, after) {
      if (signal?.aborted || (waiting.size >= maxWaiting && !waiting.has(tally.name))) return;
      waiting.set(tally.name, tally);
      tally.inLine = true;
      running ??= run();
      // While the database is away nobody is kept waiting for it.
      if (held || failing) return;
      held = true;
      const untilExchanged = running;
      after(() => untilExchanged);
    },
  };
}
