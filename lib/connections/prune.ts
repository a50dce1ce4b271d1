import { and, inArray, isNull, lt, sql } from 'drizzle-orm';
import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { activity, activityDaily, activityLatency, connections, limitCounts } from '#lib/db/schema.ts';
import { firstUuidAt } from '#lib/db/uuid.ts';
import { log } from '#lib/observability/log.ts';
import { runInBackground } from '#lib/server/background.ts';
import { perProcess } from '#lib/server/per-process.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Most rows that a run deletes from each table, so that its statements stay short. */
const ROWS_PER_RUN = 5_000;
const INTERVAL_MS = 10 * 60_000;
/** Delay of the next run after one that left rows to delete. */
const CONTINUE_MS = 5_000;

/**
 * Deletes calls and daily counts older than the retention, consents without a client that were not used since then, and
 * rate limit counts whose window is over. Denials are never deleted.
 *
 * @param now - milliseconds since the epoch
 * @param retentionDays - how long activity is kept
 * @returns whether rows may be left to delete
 */
export async function pruneActivity(
  database: Database,
  now: number,
  retentionDays: number,
  rowsPerRun = ROWS_PER_RUN,
): Promise<boolean> {
  const cutoff = new Date(now - retentionDays * DAY_MS);
  const one = { one: sql<number>`1` };
  const calls = database
    .select({ id: activity.id })
    .from(activity)
    .where(lt(activity.id, firstUuidAt(cutoff.getTime())))
    .orderBy(activity.id)
    .limit(rowsPerRun);
  const pruneDays = (table: typeof activityDaily | typeof activityLatency) => {
    const days = database
      .select({ id: table.connectionId, day: table.day })
      .from(table)
      .where(lt(table.day, cutoff.toISOString().slice(0, 10)))
      .limit(rowsPerRun);
    return database.delete(table).where(sql`(${table.connectionId}, ${table.day}) in ${days}`).returning(one);
  };
  const consents = database
    .select({ id: connections.id })
    .from(connections)
    .where(and(isNull(connections.clientId), lt(connections.activeAt, cutoff)))
    .limit(rowsPerRun);
  const counts = database
    .select({ key: limitCounts.key })
    .from(limitCounts)
    .where(lt(limitCounts.endsAt, sql`now()`))
    .orderBy(limitCounts.key)
    .limit(rowsPerRun)
    .for('update', { skipLocked: true });
  const deleted = [
    await database.delete(activity).where(inArray(activity.id, calls)).returning(one),
    await pruneDays(activityDaily),
    await pruneDays(activityLatency),
    await database.delete(connections).where(inArray(connections.id, consents)).returning(one),
    await database.delete(limitCounts).where(inArray(limitCounts.key, counts)).returning(one),
  ];
  return deleted.some((rows) => rows.length >= rowsPerRun);
}

const pruning = perProcess('prune', () => ({ nextAt: 0 }));

/** Prunes in the background, at most once per interval and process. Never throws, never waits. */
export function schedulePrune(): void {
  const now = Date.now();
  const state = pruning();
  if (now < state.nextAt) return;
  state.nextAt = now + INTERVAL_MS;
  const run = async () => {
    if (await pruneActivity(await db('background'), now, config().activityRetentionDays))
      state.nextAt = now + CONTINUE_MS;
  };
  runInBackground(
    run().catch((error: unknown) =>
      log('warn', 'activity.prune_failed', { reason: databaseErrorCode(error) }),
    ),
  );
}
