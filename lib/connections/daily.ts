import { and, gte, inArray, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { activityDaily } from '#lib/db/schema.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The UTC days up to today, oldest first, as `YYYY-MM-DD`. */
export function lastDays(days: number, now: Date): string[] {
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
