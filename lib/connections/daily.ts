import { and, eq, exists, gte, inArray, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { activityDaily, connections } from '#lib/db/schema.ts';
import type { Context } from './context.ts';
import { processContext } from './process-context.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 366;

/** Calls of one UTC day. `day` is `YYYY-MM-DD`. */
export type DayOfCalls = { day: string; allowed: number; denied: number; failed: number };

/** The UTC days up to today, oldest first, as `YYYY-MM-DD`. */
function lastDays(days: number, now: Date): string[] {
  return Array.from({ length: days }, (_, index) =>
    new Date(now.getTime() - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** Calls of any outcome by day. Does not check whose the connections are: pass only ids of the person. */
export async function dailyTotals(
  db: Database,
  ids: readonly string[],
  days: number,
  now: Date,
): Promise<Map<string, number[]>> {
  const totals = new Map<string, number[]>();
  if (ids.length === 0) return totals;
  const shown = lastDays(days, now);
  const place = new Map(shown.map((day, index) => [day, index]));
  const rows = await db
    .select({
      id: activityDaily.connectionId,
      day: activityDaily.day,
      calls: sql<number>`${activityDaily.allowed} + ${activityDaily.denied} + ${activityDaily.failed}`,
    })
    .from(activityDaily)
    .where(and(inArray(activityDaily.connectionId, [...ids]), gte(activityDaily.day, shown[0] ?? '')));
  for (const { id, day, calls } of rows) {
    const index = place.get(day);
    if (index === undefined) continue;
    const ofConnection = totals.get(id) ?? new Array<number>(days).fill(0);
    ofConnection[index] = calls;
    totals.set(id, ofConnection);
  }
  return totals;
}

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
  const owned = db
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(eq(connections.id, id), eq(connections.issuer, context.issuer), eq(connections.subject, userId)),
    );
  const rows = await db
    .select()
    .from(activityDaily)
    .where(and(eq(activityDaily.connectionId, id), gte(activityDaily.day, shown[0] ?? ''), exists(owned)));
  const byDay = new Map(rows.map((row) => [row.day, row]));
  return shown.map((day) => {
    const row = byDay.get(day);
    return { day, allowed: row?.allowed ?? 0, denied: row?.denied ?? 0, failed: row?.failed ?? 0 };
  });
}
