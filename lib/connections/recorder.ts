import { databaseErrorCode, isDataError } from '#lib/db/errors.ts';
import { type ActivityRow, activityRow, type CallRecord } from './activity-rows.ts';

export type Batch = readonly { record: CallRecord; row: ActivityRow }[];

export type RecorderOptions = {
  /** Writes a batch. Idempotent: a batch whose answer was lost is written again. */
  write(batch: Batch): Promise<void>;
  /** Called when calls could not be written: how many, and why. */
  report(event: 'retrying' | 'dropped', calls: number, reason: string): void;
  /** Called after each batch that was written. */
  onWrite?(): void;
  /** How long the first call of a batch waits for others, in milliseconds. */
  windowMs?: number;
  /** Most calls in one batch. */
  maxBatch?: number;
  /** Most calls held in memory while the database is unavailable; further ones are dropped and counted. */
  maxBuffered?: number;
};

type Recorder = {
  record(call: CallRecord): void;
  /**
   * Resolves when everything recorded so far is written, or one attempt to write it failed. Undefined when nothing is
   * left to write, or when an earlier call already holds the promise of the same batch.
   */
  pendingWrite(): Promise<void> | undefined;
  /** Writes now. Resolves when everything recorded so far is written, or after `deadlineMs`. */
  flush(deadlineMs?: number): Promise<void>;
};

type Waiting = { until: number; resolve: () => void };

const RETRY_FIRST_MS = 250;
const RETRY_LAST_MS = 5_000;

/** Collects calls and writes them in batches. `record` never throws and never waits. */
export function createRecorder({
  write,
  report,
  onWrite,
  windowMs = 250,
  maxBatch = 500,
  maxBuffered = 20_000,
}: RecorderOptions): Recorder {
  let buffer: CallRecord[] = [];
  let oldest: Batch = [];
  let timer: NodeJS.Timeout | undefined;
  let attempt: Promise<boolean> | undefined;
  let failures = 0;
  let dropped = 0;
  /** Counts of calls ever buffered and ever written or dropped: batches are written in order. */
  let buffered = 0;
  let settled = 0;
  let waiting: Waiting[] = [];
  /** The promise of the batch that the next attempt writes. */
  let next: Waiting | undefined;

  const pending = () => oldest.length + buffer.length;

  function schedule(delay: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void attemptOnce();
    }, delay);
  }

  /** The rows of these calls. An invalid record is dropped, so that it does not block the others. */
  function rowsOf(records: readonly CallRecord[]): Batch {
    return records.flatMap((record) => {
      try {
        return [{ record, row: activityRow(record) }];
      } catch {
        settled++;
        report('dropped', 1, 'invalid');
        return [];
      }
    });
  }

  /** Writes a batch, dropping the rows whose values the database rejects. */
  async function writeValidRows(batch: Batch): Promise<void> {
    try {
      await write(batch);
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (batch.length === 1) {
        report('dropped', 1, databaseErrorCode(error));
        return;
      }
      const half = batch.length >> 1;
      await writeValidRows(batch.slice(0, half));
      await writeValidRows(batch.slice(half));
    }
  }

  /** Attempts to write the oldest batch and returns whether it was written. One attempt runs at a time. */
  function attemptOnce(): Promise<boolean> {
    clearTimeout(timer);
    timer = undefined;
    if (attempt !== undefined) return attempt;
    next = undefined;
    attempt = writeOldest().then((ok) => {
      attempt = undefined;
      const ended = waiting.filter(({ until }) => !ok || until <= settled);
      waiting = waiting.filter(({ until }) => ok && until > settled);
      if (!ok) next = undefined;
      for (const { resolve } of ended) resolve();
      if (pending() > 0) schedule(retryDelay());
      return ok;
    });
    return attempt;
  }

  function retryDelay(): number {
    if (failures > 0) return Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_LAST_MS);
    return pending() >= maxBatch ? 0 : windowMs;
  }

  async function writeOldest(): Promise<boolean> {
    if (oldest.length === 0) {
      oldest = rowsOf(buffer.slice(0, maxBatch));
      buffer = buffer.slice(maxBatch);
    }
    if (oldest.length === 0) return true;
    try {
      await writeValidRows(oldest);
    } catch (error) {
      failures++;
      report('retrying', pending(), databaseErrorCode(error));
      return false;
    }
    settled += oldest.length;
    oldest = [];
    failures = 0;
    if (dropped > 0) {
      report('dropped', dropped, 'buffer_full');
      dropped = 0;
    }
    onWrite?.();
    return true;
  }

  return {
    record(call) {
      if (pending() >= maxBuffered) {
        dropped++;
        return;
      }
      buffered++;
      buffer.push(call);
      // A running attempt schedules the next one when it ends.
      if (attempt !== undefined) return;
      if (failures === 0 && buffer.length >= maxBatch) void attemptOnce();
      else schedule(retryDelay());
    },

    pendingWrite() {
      if (pending() === 0) return undefined;
      if (next !== undefined) {
        next.until = buffered;
        return undefined;
      }
      return new Promise((resolve) => {
        next = { until: buffered, resolve };
        waiting.push(next);
      });
    },

    async flush(deadlineMs = 5_000) {
      const deadline = Date.now() + deadlineMs;
      while (pending() > 0) {
        if (await attemptOnce()) continue;
        const delay = retryDelay();
        if (Date.now() + delay >= deadline) {
          report('retrying', pending(), 'deadline');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    },
  };
}
