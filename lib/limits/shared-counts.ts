import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Schedule } from '#lib/server/schedule.ts';
import type { Bucket } from './bucket.ts';
import type { LimitCount } from './limit-counts.ts';

/** How long counts are collected for one statement. A client can exceed a limit by what it sends in this time. */
const INTERVAL_MS = 500;
/** Time until the next attempt after one that failed. */
const RETRY_MS = 5_000;
/** Rows in one statement, highest counts first: a flood from many addresses is not a flood of writes. */
const MAX_ROWS = 100;
/** Buckets that may be queued. Further ones are queued with their next count. */
const MAX_QUEUED = 2_000;

export type SharedCountsOptions = {
  /** Adds counts to those of the other instances and returns the sums. */
  sync(added: readonly LimitCount[]): Promise<readonly LimitCount[]>;
  /** Called with the error when a sync failed. */
  onError(error: unknown): void;
  /** Called after each sync. */
  onSync?(): void;
  /** Aborted when the process ends; nothing is synced from then on. */
  signal?: AbortSignal;
  intervalMs?: number;
  retryMs?: number;
  maxRows?: number;
  maxQueued?: number;
};

export type SharedCounts = {
  /**
   * Queues a bucket for the next sync. Never throws and never waits. The first bucket in the queue schedules a task
   * that lasts until the sync, for hosts that freeze a process between requests.
   */
  enqueue(bucket: Bucket, schedule: Schedule): void;
};

/** A key of the table: contains no address, and has a fixed length. */
const rowKey = (name: string) => hash('sha256', name, 'base64url').slice(0, 22);

/** Adds the counts of this instance to those of the others, in groups, and applies the sums to its buckets. */
export function shareCounts({
  sync,
  onError,
  onSync,
  signal,
  intervalMs = INTERVAL_MS,
  retryMs = RETRY_MS,
  maxRows = MAX_ROWS,
  maxQueued = MAX_QUEUED,
}: SharedCountsOptions): SharedCounts {
  let queue = new Map<string, Bucket>();
  let running: Promise<void> | undefined;
  let scheduled = false;
  let failing = false;

  /** Removes from the queue what the next statement adds. A bucket whose window is over is dropped. */
  function dequeue(now: number): { bucket: Bucket; row: LimitCount }[] {
    const byCount = [...queue.values()].sort((a, b) => b.unshared - a.unshared);
    queue = new Map(byCount.slice(maxRows).map((bucket) => [bucket.name, bucket]));
    return byCount.slice(0, maxRows).flatMap((bucket) => {
      const msLeft = bucket.endsAt - now;
      const row = { key: rowKey(bucket.name), count: bucket.unshared, msLeft };
      bucket.queued = false;
      bucket.unshared = 0;
      return msLeft > 0 ? [{ bucket, row }] : [];
    });
  }

  async function syncNow(): Promise<void> {
    const next = dequeue(Date.now());
    if (next.length === 0) return;
    try {
      const sums = await sync(next.map(({ row }) => row));
      const byKey = new Map(sums.map((sum) => [sum.key, sum]));
      for (const { bucket, row } of next) {
        const sum = byKey.get(row.key);
        if (sum !== undefined) bucket.applyShared(sum.count, sum.msLeft);
      }
      failing = false;
      onSync?.();
    } catch (error) {
      for (const { bucket, row } of next) bucket.unshared += row.count;
      failing = true;
      onError(error);
    }
  }

  async function run(): Promise<void> {
    scheduled = false;
    try {
      await pause(failing ? retryMs : intervalMs, undefined, { ref: false, signal });
      await syncNow();
    } catch {
      // The process ends, and its unshared counts end with it.
      queue.clear();
    }
    running = queue.size > 0 ? run() : undefined;
  }

  return {
    enqueue(bucket, schedule) {
      if (signal?.aborted || (queue.size >= maxQueued && !queue.has(bucket.name))) return;
      queue.set(bucket.name, bucket);
      bucket.queued = true;
      running ??= run();
      // While the database is unavailable, no request is kept open for it.
      if (scheduled || failing) return;
      scheduled = true;
      const untilSynced = running;
      schedule(() => untilSynced);
    },
  };
}
