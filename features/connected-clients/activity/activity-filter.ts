import type { ActivityEntry, ActivityQuery } from '#lib/connections/activity-queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Parameters } from '../search-params.ts';

/** The part of a client's activity to show. */
export type ActivityFilter = {
  outcome: ActivityEntry['outcome'] | undefined;
  tool: string | undefined;
  /** UTC days (`YYYY-MM-DD`), both included. */
  from: string | undefined;
  to: string | undefined;
  /** Whether requests that only set the client up are shown. */
  everything: boolean;
  /** Number of entries. */
  shown: number;
};

const OUTCOMES: readonly ActivityEntry['outcome'][] = ['allowed', 'denied', 'failed'];
const DAY_MS = 24 * 60 * 60 * 1000;

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
    from: readDay(parameters.from),
    to: readDay(parameters.to),
    everything: parameters.requests === 'all',
    shown: Number.isInteger(shown) ? Math.min(Math.max(shown, ACTIVITY_STEP), MAX_ACTIVITY) : ACTIVITY_STEP,
  };
}

/** A day between 2000 and 2999: others have no id of a call. */
function readDay(value: Parameters[string]): string | undefined {
  if (typeof value !== 'string' || !/^2\d{3}-\d\d-\d\d$/.test(value)) return undefined;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value) ? value : undefined;
}

/** Whether the filter shows less than all calls of the client. */
export const isNarrow = ({ outcome, tool, from, to }: ActivityFilter) =>
  [outcome, tool, from, to].some((value) => value !== undefined);

/** The database query of a filter. */
export function activityQuery({
  outcome,
  tool,
  from,
  to,
  everything,
}: ActivityFilter): NonNullable<ActivityQuery['filter']> {
  return {
    outcome,
    tool,
    quiet: !everything,
    since: from === undefined ? undefined : new Date(`${from}T00:00:00Z`),
    until: to === undefined ? undefined : new Date(Date.parse(`${to}T00:00:00Z`) + DAY_MS),
  };
}
