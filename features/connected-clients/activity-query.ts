import type { Route } from 'next';
import { route } from '#lib/config/route.ts';
import type { ActivityEntry } from '#lib/connections/activity-queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';

type Parameters = Record<string, string | string[] | undefined>;

export type ActivityFilter = {
  outcome: ActivityEntry['outcome'] | undefined;
  tool: string | undefined;
  /** How many entries are shown. */
  shown: number;
};

/** Entries that come at first, and with each "Load more". */
export const STEP = 50;
/** Entries that one page shows at most; the export has all. */
export const MOST = 1_000;

const OUTCOMES: readonly ActivityEntry['outcome'][] = ['allowed', 'denied', 'failed'];

/** What the address of a client's page asks for; anything it does not know is left out. */
export function readActivityFilter(parameters: Parameters): ActivityFilter {
  const shown = Number(parameters.shown);
  const tool = parameters.tool;
  return {
    outcome: OUTCOMES.find((outcome) => outcome === parameters.outcome),
    // As names of tools are kept.
    tool: sanitize(tool, 100) || undefined,
    shown: Number.isInteger(shown) ? Math.min(Math.max(shown, STEP), MOST) : STEP,
  };
}

/** The address of a client's page with some of the filter changed; a change of the filter starts at the top. */
export function activityHref(
  id: string,
  filter: ActivityFilter,
  change: Partial<ActivityFilter>,
): Route<`/clients/${string}`> {
  const { outcome, tool, shown } = { ...filter, shown: STEP, ...change };
  const parameters = new URLSearchParams();
  if (outcome !== undefined) parameters.set('outcome', outcome);
  if (tool !== undefined) parameters.set('tool', tool);
  if (shown !== STEP) parameters.set('shown', String(shown));
  const text = parameters.toString();
  return route(text === '' ? `/clients/${id}` : `/clients/${id}?${text}`);
}

export type Day = { day: string; entries: readonly ActivityEntry[] };

/** Entries by UTC day (`YYYY-MM-DD`), in the order they come. */
export function byDay(entries: readonly ActivityEntry[]): readonly Day[] {
  const days: { day: string; entries: ActivityEntry[] }[] = [];
  for (const entry of entries) {
    const day = entry.at.toISOString().slice(0, 10);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

/** `Today`, `Yesterday` or the date. */
export function dayTitle(day: string, now: Date): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  const today = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
  if (at === today) return 'Today';
  if (today - at === 24 * 60 * 60 * 1000) return 'Yesterday';
  return new Intl.DateTimeFormat('en', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(at);
}
