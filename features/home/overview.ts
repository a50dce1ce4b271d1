import 'server-only';
import { type ActivityEntry, listActivity } from '#lib/connections/activity-queries.ts';
import { type App, appPage } from '#lib/connections/app-queries.ts';
import type { Context } from '#lib/connections/context.ts';
import { processContext } from '#lib/connections/process-context.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';

/** Apps among which the most used are found: those that were used last. */
const CONSIDERED = 50;
const MOST_USED = 5;
const RECENT_CALLS = 8;

export type Call = ActivityEntry & { connection: ConnectionRow };

export type Overview = {
  /** Apps that can act. */
  active: number;
  /** Apps that the person should look at. */
  review: number;
  /** By calls in 30 days, most first. */
  mostUsed: App[];
  /** Newest first. */
  calls: Call[];
};

/** What a person sees first. */
export async function overview(userId: string, context: Context = processContext()): Promise<Overview> {
  const query = {
    filter: 'active',
    sort: 'lastUsed',
    reverse: false,
    page: 1,
    pageSize: CONSIDERED,
  } as const;
  const { apps, counts } = await appPage(userId, query, context);
  const byUse = apps.toSorted((a, b) => (b.lastUsed?.getTime() ?? 0) - (a.lastUsed?.getTime() ?? 0));
  // The newest calls are among those of the apps that were used last.
  const calls = await Promise.all(
    byUse.slice(0, RECENT_CALLS).map(async ({ latest: connection }) => {
      const entries = await listActivity(userId, connection.id, { limit: 3 * RECENT_CALLS }, context);
      return entries.filter(isNoteworthy).map((entry): Call => ({ ...entry, connection }));
    }),
  );
  return {
    active: counts.acting,
    review: counts.review,
    mostUsed: apps.toSorted((a, b) => callsOf(b) - callsOf(a)).slice(0, MOST_USED),
    calls: calls
      .flat()
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, RECENT_CALLS),
  };
}

/** Clients list tools and negotiate before each call. */
const isNoteworthy = ({ tool, outcome }: ActivityEntry) => tool !== undefined || outcome !== 'allowed';

/** Calls of an app in 30 days. */
export const callsOf = ({ daily }: App) => daily.reduce((sum, calls) => sum + calls, 0);
