import { db } from '#lib/db/connection.ts';
import { log } from '#lib/observability/log.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { type CallRecord, seenConnections } from './activity-rows.ts';
import { writeActivity } from './activity-write.ts';
import { schedulePrune } from './prune.ts';
import { createRecorder } from './recorder.ts';
import { eraseForgotten } from './workos-events.ts';

export type { CallRecord } from './activity-rows.ts';

const recorder = perProcess('activity', () =>
  createRecorder({
    write: async (batch) => {
      const database = await db('background');
      await writeActivity(
        database,
        batch.map(({ row }) => row),
        seenConnections(batch),
      );
      await eraseForgotten(database, batch);
    },
    report: (event, calls, reason) => log('warn', `activity.${event}`, { calls, reason }),
    onWrite: schedulePrune,
  }),
);

/**
 * Records a call. It is written in a batch within about 250 ms; while the database is unavailable calls wait in memory,
 * up to a limit above which they are dropped and counted. Never throws, never waits.
 */
export function recordCall(call: CallRecord): void {
  recorder().record(call);
}

/**
 * Resolves when every call recorded so far is written, or one attempt to write failed. Passed to `after()`, it keeps
 * the process alive until an answered call is stored. Undefined when nothing is left to write, or when an earlier call
 * already holds the promise of the same batch.
 */
export function pendingWrite(): Promise<void> | undefined {
  return recorder().pendingWrite();
}

/**
 * Writes every recorded call now.
 *
 * @param deadlineMs - how long to wait for a database that is unavailable, in milliseconds
 */
export function flushActivity(deadlineMs?: number): Promise<void> {
  return recorder().flush(deadlineMs);
}
