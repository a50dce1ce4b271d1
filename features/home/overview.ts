import 'server-only';
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { type ActivityEntry, listActivity } from '#lib/connections/activity-queries.ts';
import type { Context } from '#lib/connections/context.ts';
import { ofPerson } from '#lib/connections/person-rows.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { type ConnectionRow, connectionPage } from '#lib/connections/queries.ts';
import { joinOwn, joinWhole, own, stateOf, whole } from '#lib/connections/state-sql.ts';
import { connections } from '#lib/db/schema.ts';

/** Connections among which the most used are found: those that were used last. */
const CONSIDERED = 100;
const MOST_USED = 5;
const RECENT_CALLS = 8;

export type Call = ActivityEntry & { connection: ConnectionRow };

export type Overview = {
  /** Connections that can act. */
  active: number;
  /** Apps that the person should look at. */
  review: number;
  /** By calls in 30 days, most first. */
  mostUsed: ConnectionRow[];
  /** Newest first. */
  calls: Call[];
};

/** What a person sees first. */
export async function overview(userId: string, context: Context = processContext()): Promise<Overview> {
  const { rows, total } = await connectionPage(userId, { state: 'active', limit: CONSIDERED }, context);
  const [review, calls] = await Promise.all([
    appsToReview(userId, context),
    // The newest calls are among those of the connections that were used last.
    Promise.all(
      rows.slice(0, RECENT_CALLS).map(async (connection) => {
        const entries = await listActivity(userId, connection.id, { limit: 3 * RECENT_CALLS }, context);
        return entries.filter(isNoteworthy).map((entry): Call => ({ ...entry, connection }));
      }),
    ),
  ]);
  return {
    active: total,
    review,
    mostUsed: rows.toSorted((a, b) => b.recentCalls - a.recentCalls).slice(0, MOST_USED),
    calls: calls
      .flat()
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, RECENT_CALLS),
  };
}

/** Clients list tools and negotiate before each call. */
const isNoteworthy = ({ tool, outcome }: ActivityEntry) => tool !== undefined || outcome !== 'allowed';

async function appsToReview(userId: string, context: Context): Promise<number> {
  const person = { issuer: context.issuer, subject: userId };
  const [found] = await (await context.database())
    .select({ apps: sql`count(distinct coalesce(${connections.appKey}, ${connections.id}))`.mapWith(Number) })
    .from(connections)
    .leftJoin(own, joinOwn)
    .leftJoin(whole, joinWhole(person))
    .where(
      and(
        ofPerson(connections, person),
        isNotNull(connections.risk),
        isNull(connections.reviewedAt),
        eq(stateOf(person), 'active'),
      ),
    );
  return found?.apps ?? 0;
}
