import type { Route } from 'next';
import { route } from '#lib/config/route.ts';
import type { ActivityEntry } from '#lib/connections/activity-queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Parameters } from '../search-params.ts';

/** The part of a client's activity to show. */
export type ActivityFilter = {
  outcome: ActivityEntry['outcome'] | undefined;
  tool: string | undefined;
  /** Number of entries. */
  shown: number;
};

const OUTCOMES: readonly ActivityEntry['outcome'][] = ['allowed', 'denied', 'failed'];

/** Entries of activity at first, and with each "Load more". */
export const ACTIVITY_STEP = 50;
/** Most entries of activity on one page; the export has all of them. */
export const MAX_ACTIVITY = 1_000;

/** Reads the filter of a client's activity. Unknown values are ignored. */
export function readActivityFilter(parameters: Parameters): ActivityFilter {
  const shown = Number(parameters.shown);
  return {
    outcome: OUTCOMES.find((outcome) => outcome === parameters.outcome),
    // Names of tools are stored in this form.
    tool: sanitize(parameters.tool, 100) || undefined,
    shown: Number.isInteger(shown) ? Math.min(Math.max(shown, ACTIVITY_STEP), MAX_ACTIVITY) : ACTIVITY_STEP,
  };
}

/** The URL of a client's page with a change of its filter, which starts with the newest entries. */
export function activityHref(
  id: string,
  filter: ActivityFilter,
  change: Partial<ActivityFilter>,
): Route<`/clients/${string}`> {
  const { outcome, tool, shown } = { ...filter, shown: ACTIVITY_STEP, ...change };
  const text = new URLSearchParams({
    ...(outcome !== undefined && { outcome }),
    ...(tool !== undefined && { tool }),
    ...(shown !== ACTIVITY_STEP && { shown: String(shown) }),
  }).toString();
  return route(text === '' ? `/clients/${id}` : `/clients/${id}?${text}`);
}
