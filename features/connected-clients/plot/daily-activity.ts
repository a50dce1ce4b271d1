import { and, eq, gte } from 'drizzle-orm';
import type { Context } from '#lib/connections/context.ts';
import { lastDays } from '#lib/connections/daily.ts';
import { owned } from '#lib/connections/person-rows.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { activityDaily } from '#lib/db/schema.ts';

const MAX_DAYS = 366;

/** Calls of one UTC day. `day` is `YYYY-MM-DD`. */
export type DayOfCalls = { day: string; allowed: number; denied: number; failed: number };

/**
 * Calls of one connection by UTC day, oldest first, with the days that have none; all zero when the person has no such
 * connection.
 *
 * @param days - number of days up to today, 1 to 366
 */
export async function dailyActivity(
  userId: string,
  id: string,
  days = 30,
  context: Context = processContext(),
): Promise<DayOfCalls[]> {
  const db = await context.database();
  const shown = lastDays(Math.min(Math.max(1, Math.trunc(days)), MAX_DAYS), context.now());
  const person = { issuer: context.issuer, subject: userId };
  const rows = await db
    .select()
    .from(activityDaily)
    .where(
      and(eq(activityDaily.connectionId, id), gte(activityDaily.day, shown[0] ?? ''), owned(db, person, id)),
    );
  const byDay = new Map(rows.map((row) => [row.day, row]));
  return shown.map((day) => {
    const row = byDay.get(day);
    return { day, allowed: row?.allowed ?? 0, denied: row?.denied ?? 0, failed: row?.failed ?? 0 };
  });
}
