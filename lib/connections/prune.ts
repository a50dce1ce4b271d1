import { sql } from 'drizzle-orm';
import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { rows } from '#lib/db/rows.ts';
import { firstUuidAt } from '#lib/db/uuid.ts';
import { log } from '#lib/observability/log.ts';
import { perProcess } from '#lib/server/per-process.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Rows that one run deletes of each kind: short enough to be in nobody's way. */
const ROWS_PER_RUN = 5_000;
const EVERY_MS = 10 * 60_000;
/** A run that found more to do is followed by another one this much later. */
const AGAIN_MS = 5_000;

/**
 * Deletes what is older than the retention: calls, daily counts, and consents without a client that were not
 * used since; and counts of limits whose window is over. Denials are kept for ever.
 *
 * @param now - milliseconds since the epoch
 * @param retentionDays - how long activity is kept
 * @returns whether there may be more to delete
 */
export async function pruneActivity(
  database: Database,
  now: number,
  retentionDays: number,
  rowsPerRun = ROWS_PER_RUN,
): Promise<boolean> {
  const cutoff = now - retentionDays * DAY;
  const since = new Date(cutoff).toISOString();
  const [result] = await rows<{ most: number }>(
    database,
    sql`
    with calls as (
      delete from activity where id in
        (select id from activity where id < ${firstUuidAt(cutoff)}::uuid order by id limit ${rowsPerRun})
      returning 1
    ), days as (
      delete from activity_daily where (connection_id, day) in
        (select connection_id, day from activity_daily where day < (${since}::timestamptz at time zone 'UTC')::date limit ${rowsPerRun})
      returning 1
    ), consents as (
      delete from connections where id in
        (select id from connections where client_id is null and active_at < ${since}::timestamptz limit ${rowsPerRun})
      returning 1
    ), counts as (
      delete from limit_counts where key in
        (select key from limit_counts where ends_at < now() order by key limit ${rowsPerRun} for update skip locked)
      returning 1
    )
    select greatest((select count(*) from calls), (select count(*) from days), (select count(*) from consents),
                    (select count(*) from counts))::int as most
  `,
  );
  return (result?.most ?? 0) >= rowsPerRun;
}

const pruning = perProcess('prune', () => ({ nextAt: 0 }));

/** Prunes in the background, if this process has not done so lately. Never throws, never waits. */
export function schedulePrune(): void {
  const now = Date.now();
  const state = pruning();
  if (now < state.nextAt) return;
  state.nextAt = now + EVERY_MS;
  const run = async () => {
    if (await pruneActivity(await db(), now, config().activityRetentionDays)) state.nextAt = now + AGAIN_MS;
  };
  run().catch((error: unknown) => log('warn', 'activity.prune_failed', { reason: databaseErrorCode(error) }));
}
