import { databaseErrorCode, isDataError } from '#lib/db/errors.ts';
import { type ActivityRow, activityRow, type CallRecord } from './activity-rows.ts';

export type Batch = readonly { record: CallRecord; row: ActivityRow }[];

export type RecorderOptions = {
  /** Writes a batch, once however often it is called with it. */
  write(batch: Batch): Promise<void>;
  /** Told what became of calls that could not be written: how many, and why. */
  report(event: 'retrying' | 'dropped', calls: number, reason: string): void;
  /** Called after each batch that was written. */
  written?(): void;
  /** Milliseconds that the first call of a batch waits for others. */
  windowMs?: number;
  /** Calls in one batch. */
  maxBatch?: number;
  /** Calls held in memory while the database is away; more are dropped and counted. */
  maxBuffered?: number;
};

export type Recorder = {
  record(call: CallRecord): void;
  /**
   * Resolves when what was recorded so far is written, or when one attempt to write it failed. Undefined when nothing
   * is to be written, or when somebody already has the promise of the group that it is written with.
   */
  unwritten(): Promise<void> | undefined;
  /** Writes now. Resolves when what was recorded so far is written, or given up after `deadlineMs`. */
  flush(deadlineMs?: number): Promise<void>;
};

type Waiting = { until: number; resolve: () => void };

const RETRY_FIRST_MS = 250;
const RETRY_LAST_MS = 5_000;

/** Collects calls and writes them in groups. `record` never throws and never waits. */
export function createRecorder({
  write,
  report,
  written,
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
  /** Calls ever taken in, and ever done with: batches are written in order. */
  let taken = 0;
  let done = 0;
  let waiting: Waiting[] = [];
  /** Who waits for the group that the next attempt writes. */
  let next: Waiting | undefined;

  const pending = () => oldest.length + buffer.length;

  function schedule(delay: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void attemptOnce();
    }, delay);
  }

  /** The rows for these calls, without those that make none: a broken record must not stop the others. */
  function rowsOf(records: readonly CallRecord[]): Batch {
    return records.flatMap((record) => {
      try {
        return [{ record, row: activityRow(record) }];
      } catch {
        done++;
        report('dropped', 1, 'invalid');
        return [];
      }
    });
  }

  /** Writes a batch, leaving out rows whose values the database refuses. */
  async function writeWhatCanBe(batch: Batch): Promise<void> {
    try {
      await write(batch);
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (batch.length === 1) {
        report('dropped', 1, databaseErrorCode(error));
        return;
      }
      const half = batch.length >> 1;
      await writeWhatCanBe(batch.slice(0, half));
      await writeWhatCanBe(batch.slice(half));
    }
  }

  /** One attempt at the oldest batch; whether it was written. Only one runs at a time. */
  function attemptOnce(): Promise<boolean> {
    clearTimeout(timer);
    timer = undefined;
    if (attempt !== undefined) return attempt;
    next = undefined;
    attempt = writeOldest().then((ok) => {
      attempt = undefined;
      const settled = waiting.filter(({ until }) => !ok || until <= done);
      waiting = waiting.filter(({ until }) => ok && until > done);
      if (!ok) next = undefined;
      for (const { resolve } of settled) resolve();
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
      await writeWhatCanBe(oldest);
    } catch (error) {
      failures++;
      report('retrying', pending(), databaseErrorCode(error));
      return false;
    }
    done += oldest.length;
    oldest = [];
    failures = 0;
    if (dropped > 0) {
      report('dropped', dropped, 'buffer_full');
      dropped = 0;
    }
    written?.();
    return true;
  }

  return {
    record(call) {
      if (pending() >= maxBuffered) {
        dropped++;
        return;
      }
      taken++;
      buffer.push(call);
      // The attempt that is running schedules the next one when it ends.
      if (attempt !== undefined) return;
      if (failures === 0 && buffer.length >= maxBatch) void attemptOnce();
      else schedule(retryDelay());
    },

    unwritten() {
      if (pending() === 0) return undefined;
      if (next !== undefined) {
        next.until = taken;
        return undefined;
      }
      return new Promise((resolve) => {
        next = { until: taken, resolve };
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
