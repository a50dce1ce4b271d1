import { and, eq, gte, sql } from 'drizzle-orm';
import type { Context } from '#lib/connections/context.ts';
import { lastDays } from '#lib/connections/daily.ts';
import { owned } from '#lib/connections/person-rows.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { rows } from '#lib/db/rows.ts';
import { activityDaily } from '#lib/db/schema.ts';
import { type Histogram, percentile } from './percentile.ts';

/** Percentiles in milliseconds; undefined without calls that ran. */
type Latency = { p50: number | undefined; p95: number | undefined };

/** Calls of one UTC day. `day` is `YYYY-MM-DD`. */
export type DayOfCalls = { day: string; allowed: number; denied: number; failed: number } & Latency;

/** Calls of one tool; `tool` is empty for requests of other methods. */
export type ToolCalls = { tool: string; calls: number; errors: number } & Latency;

export type Statistics = { days: DayOfCalls[]; tools: ToolCalls[] };

/** Most rows of the histogram that are read, newest first: 90 days of about 25 tools. */
const MAX_ROWS = 20_000;
const MAX_TOOLS = 50;

type Step = {
  day: string | null;
  tool: string | null;
  duration_ms: number;
  calls: number;
  errors: number;
  ran: number;
};

/**
 * Calls of one connection by UTC day, oldest first, with the days that have none, and by tool, most called first; empty when
 * the person has no such connection.
 *
 * @param days - number of days up to today
 */
export async function callStatistics(
  userId: string,
  id: string,
  days: number,
  context: Context = processContext(),
): Promise<Statistics> {
  const db = await context.database();
  const shown = lastDays(days, context.now());
  const first = shown[0] ?? '';
  const isOwned = owned(db, { issuer: context.issuer, subject: userId }, id);
  const [counts, steps] = await Promise.all([
    db
      .select()
      .from(activityDaily)
      .where(and(eq(activityDaily.connectionId, id), gte(activityDaily.day, first), isOwned)),
    rows<Step>(
      db,
      sql`
      select day::text as day, tool, duration_ms, sum(allowed + denied + failed)::int as calls,
             sum(denied + failed)::int as errors, sum(allowed + failed)::int as ran
      from (select * from activity_latency
            where connection_id = ${id} and day >= ${first} and ${isOwned}
            order by day desc limit ${MAX_ROWS}) as counted
      group by grouping sets ((day, duration_ms), (tool, duration_ms))
      order by duration_ms`,
    ),
  ]);
  const byDay = new Map(counts.map((row) => [row.day, row]));
  const stepsByDay = Map.groupBy(
    steps.filter((step) => step.day !== null),
    ({ day }) => day,
  );
  const stepsByTool = Map.groupBy(
    steps.filter((step) => step.tool !== null),
    ({ tool }) => tool ?? '',
  );
  return {
    days: shown.map((day) => {
      const { allowed = 0, denied = 0, failed = 0 } = byDay.get(day) ?? {};
      return { day, allowed, denied, failed, ...latency(stepsByDay.get(day)) };
    }),
    tools: [...stepsByTool]
      .map(([tool, ofTool]) => ({
        tool,
        calls: sum(ofTool, 'calls'),
        errors: sum(ofTool, 'errors'),
        ...latency(ofTool),
      }))
      .sort((a, b) => b.calls - a.calls)
      .slice(0, MAX_TOOLS),
  };
}

const sum = (steps: readonly Step[], count: 'calls' | 'errors') =>
  steps.reduce((total, step) => total + step[count], 0);

function latency(steps: readonly Step[] = []): Latency {
  const histogram: Histogram = steps.map(({ duration_ms: from, ran }) => [from, ran]);
  return { p50: percentile(histogram, 0.5), p95: percentile(histogram, 0.95) };
}
