import { buttonClass } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { absoluteTime } from '#components/ui/format.ts';
import { Activity, Ban, CircleCheck, CircleX } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { route } from '#lib/config/route.ts';
import type { ActivityEntry } from '#lib/connections/activity-queries.ts';
import { ACTIVITY_STEP, type ActivityFilter, activityHref, MAX_ACTIVITY } from './activity-filter.ts';

const OUTCOMES = {
  allowed: { label: 'Allowed', icon: CircleCheck, look: 'text-success' },
  denied: { label: 'Denied', icon: Ban, look: 'text-destructive' },
  failed: { label: 'Failed', icon: CircleX, look: 'text-warning' },
} as const;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Calls of one client by UTC day, newest first. */
export function Timeline({
  id,
  entries,
  tools,
  filter,
}: {
  id: string;
  entries: readonly ActivityEntry[];
  tools: readonly string[];
  filter: ActivityFilter;
}) {
  const now = new Date();
  const last = entries.at(-1);
  const more = entries.length === filter.shown;
  return (
    <section aria-labelledby="activity">
      <h2 id="activity" className="text-base">
        Activity
      </h2>
      <p className="text-sm text-muted-foreground">
        Calls with their method and tool. Arguments and results are not kept. Times are in UTC.
      </p>
      <Filters id={id} tools={tools} filter={filter} />
      {entries.length === 0 ? (
        <div className="mt-4">
          <EmptyState icon={Activity} title="No activity">
            {filter.outcome !== undefined || filter.tool !== undefined
              ? 'No call matches this filter.'
              : 'This client has not called this server yet, or its calls are older than the retention.'}
          </EmptyState>
        </div>
      ) : (
        byDay(entries).map(({ day, entries: ofDay }) => (
          <section key={day} className="mt-6">
            <h3 className="border-b border-border pb-2 text-sm text-muted-foreground">
              {dayTitle(day, now)}
            </h3>
            <ol>
              {ofDay.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </ol>
          </section>
        ))
      )}
      {more && last && filter.shown < MAX_ACTIVITY && (
        <Link
          className={`${buttonClass()} mt-6`}
          href={`${activityHref(id, filter, { shown: Math.min(filter.shown + ACTIVITY_STEP, MAX_ACTIVITY) })}#call-${last.id}`}
        >
          Load more
        </Link>
      )}
      {more && filter.shown >= MAX_ACTIVITY && (
        <p className="mt-6 text-sm text-muted-foreground">Earlier calls are in the export.</p>
      )}
    </section>
  );
}

function Filters({ id, tools, filter }: { id: string; tools: readonly string[]; filter: ActivityFilter }) {
  const href = (change: Partial<ActivityFilter>) => route(`${activityHref(id, filter, change)}#activity`);
  return (
    <div className="mt-2 space-y-1">
      <nav aria-label="Outcome" className="flex flex-wrap">
        <Chip href={href({ outcome: undefined })} current={filter.outcome === undefined}>
          All
        </Chip>
        {(['allowed', 'denied', 'failed'] as const).map((outcome) => (
          <Chip key={outcome} href={href({ outcome })} current={filter.outcome === outcome}>
            {OUTCOMES[outcome].label}
          </Chip>
        ))}
      </nav>
      {tools.length > 0 && (
        <nav aria-label="Tool" className="flex flex-wrap">
          <Chip href={href({ tool: undefined })} current={filter.tool === undefined}>
            Any tool
          </Chip>
          {tools.map((tool) => (
            <Chip key={tool} href={href({ tool })} current={filter.tool === tool}>
              <code className="max-w-[24ch] truncate">{tool}</code>
            </Chip>
          ))}
        </nav>
      )}
    </div>
  );
}

function Entry({ entry }: { entry: ActivityEntry }) {
  const { label, icon: Icon, look } = OUTCOMES[entry.outcome];
  return (
    <li
      id={`call-${entry.id}`}
      className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-border py-2 text-sm target:bg-accent"
    >
      <time
        dateTime={entry.at.toISOString()}
        title={absoluteTime(entry.at, 'en', 'UTC')}
        className="text-muted-foreground tabular-nums"
      >
        {entry.at.toISOString().slice(11, 19)}
      </time>
      <span className={`inline-flex w-20 items-center gap-1.5 ${look}`}>
        <Icon size={16} aria-hidden />
        <span className="self-baseline">{label}</span>
      </span>
      <code className="order-first w-full wrap-anywhere sm:order-none sm:w-auto sm:min-w-0 sm:flex-1">
        {entry.tool ?? entry.method}
        {entry.reason && <span className="text-muted-foreground"> {entry.reason}</span>}
      </code>
      <span className="ml-auto text-muted-foreground tabular-nums">{Math.round(entry.durationMs)} ms</span>
    </li>
  );
}

type Day = { day: string; entries: readonly ActivityEntry[] };

/** Groups entries by UTC day (`YYYY-MM-DD`), in their order. */
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

/** The heading of a day: `Today`, `Yesterday` or the date. */
export function dayTitle(day: string, now: Date): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  const today = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
  if (at === today) return 'Today';
  if (today - at === DAY_MS) return 'Yesterday';
  return new Intl.DateTimeFormat('en', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(at);
}
