'use client';

import { absoluteTime } from '#components/ui/format.ts';
import { Ban, CircleX } from '#components/ui/icons.tsx';
import { useReader } from '#components/ui/local-time.tsx';

/** One call as it is shown; `at` is ISO 8601. */
export type ShownCall = {
  id: string;
  at: string;
  /** Its tool, or its method. */
  name: string;
  outcome: 'allowed' | 'denied' | 'failed';
  reason: string | undefined;
  durationMs: number;
};

/** An outcome that needs attention has a color; the normal case has none. */
const OUTCOMES = {
  allowed: undefined,
  denied: { label: 'Refused', icon: Ban, look: 'text-destructive' },
  failed: { label: 'Failed', icon: CircleX, look: 'text-warning' },
} as const;

/**
 * Calls of one client by day of the reader's zone, newest first.
 *
 * @param props.renderedAt - in ms since the epoch, so that hydration matches
 */
export function Timeline({ entries, renderedAt }: { entries: readonly ShownCall[]; renderedAt: number }) {
  const { locale, timeZone } = useReader();
  return byDay(entries, timeZone).map(({ day, entries: ofDay }) => (
    <section key={day} className="mt-6">
      <h3 className="border-b border-border pb-2 text-sm text-muted-foreground">
        {dayTitle(ofDay[0]?.at ?? day, new Date(renderedAt), locale, timeZone)}
        {timeZone === 'UTC' && ' (UTC)'}
      </h3>
      <ol>
        {ofDay.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
    </section>
  ));
}

function Entry({ entry }: { entry: ShownCall }) {
  const { locale, timeZone } = useReader();
  const outcome = OUTCOMES[entry.outcome];
  const at = new Date(entry.at);
  return (
    <li
      id={`call-${entry.id}`}
      className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-border py-2 text-sm target:bg-accent"
    >
      <time
        dateTime={entry.at}
        title={absoluteTime(at, locale, timeZone)}
        className="min-w-16 text-muted-foreground tabular-nums"
      >
        {new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone }).format(at)}
      </time>
      <code className="min-w-0 flex-1 wrap-anywhere">{entry.name}</code>
      {outcome && (
        <span
          className={`order-last inline-flex w-full items-center gap-1.5 pl-20 sm:order-none sm:w-auto sm:pl-0 ${outcome.look}`}
        >
          <outcome.icon size={16} aria-hidden />
          <span className="self-baseline">
            {outcome.label}
            {entry.reason && (
              <span className="text-muted-foreground">, {entry.reason.replaceAll('_', ' ')}</span>
            )}
          </span>
        </span>
      )}
      <span className="w-20 text-right text-muted-foreground tabular-nums">
        {Math.round(entry.durationMs)} ms
      </span>
    </li>
  );
}

type Day = { day: string; entries: readonly ShownCall[] };

/** Groups calls by their day (`YYYY-MM-DD`) in a zone, in their order. */
export function byDay(entries: readonly ShownCall[], timeZone: string | undefined): readonly Day[] {
  const days: { day: string; entries: ShownCall[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(new Date(entry.at), timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

const dayOf = (at: Date, timeZone: string | undefined) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);

const DAY_MS = 24 * 60 * 60 * 1000;

/** The heading of the day of `at` (ISO 8601): `Today`, `Yesterday` or the date. */
export function dayTitle(
  at: string,
  now: Date,
  locale: string | undefined,
  timeZone: string | undefined,
): string {
  const time = new Date(at);
  const day = dayOf(time, timeZone);
  if (day === dayOf(now, timeZone)) return 'Today';
  if (day === dayOf(new Date(now.getTime() - DAY_MS), timeZone)) return 'Yesterday';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone }).format(time);
}
