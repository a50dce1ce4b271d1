import { db } from '#lib/db/connection.ts';
import { log } from '#lib/observability/log.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { type CallRecord, seenConnections } from './activity-rows.ts';
import { writeActivity } from './activity-write.ts';
import { schedulePrune } from './prune.ts';
import { createRecorder } from './recorder.ts';

export type { CallRecord } from './activity-rows.ts';

const recorder = perProcess('activity', () =>
  createRecorder({
    write: async (batch) =>
      writeActivity(
        await db(),
        batch.map(({ row }) => row),
        seenConnections(batch),
      ),
    report: (event, calls, reason) => log('warn', `activity.${event}`, { calls, reason }),
    written: schedulePrune,
  }),
);

/**
 * Keeps a call for the log. It is written with others within about 250 ms; while the database is away calls
 * wait in memory, up to a bound beyond which they are dropped and counted. Never throws, never waits.
 */
export function recordCall(call: CallRecord): void {
  recorder().record(call);
}

/**
 * Resolves when every call recorded so far is written, or one attempt to write failed. Given to `after()`, it
 * keeps the process up for as long as an answered call is not in the log. Undefined when another call of the same
 * group was given the promise that covers this one.
 */
export function pendingWrite(): Promise<void> | undefined {
  return recorder().unwritten();
}

/**
 * Writes every recorded call now.
 *
 * @param deadlineMs - after this long it gives up waiting for a database that is away
 */
export function flushActivity(deadlineMs?: number): Promise<void> {
  return recorder().flush(deadlineMs);
}
