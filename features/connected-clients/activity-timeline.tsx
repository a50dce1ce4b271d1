import { buttonClass } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { absoluteTime } from '#components/ui/format.ts';
import { Activity, Ban, CircleCheck, CircleX } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { route } from '#lib/config/route.ts';
import type { ActivityEntry } from '#lib/connections/activity-queries.ts';
import { type ActivityFilter, activityHref, byDay, dayTitle, MOST, STEP } from './activity-query.ts';

const OUTCOMES = {
  allowed: { says: 'Allowed', icon: CircleCheck, look: 'text-success' },
  denied: { says: 'Denied', icon: Ban, look: 'text-destructive' },
  failed: { says: 'Failed', icon: CircleX, look: 'text-warning' },
} as const;

/** Calls of one client, newest first, by day. */
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
        Calls with their method and tool. Arguments and results are not kept. Times are UTC.
      </p>
      <Filters id={id} tools={tools} filter={filter} />
      {entries.length === 0 ? (
        <div className="mt-4">
          <EmptyState icon={Activity} title="No calls here">
            {filter.outcome !== undefined || filter.tool !== undefined
              ? 'None match this filter.'
              : 'This client was allowed but has not called this server yet, or its calls are older than what is kept.'}
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
      {more && last && filter.shown < MOST && (
        <Link
          className={`${buttonClass()} mt-6`}
          href={`${activityHref(id, filter, { shown: Math.min(filter.shown + STEP, MOST) })}#call-${last.id}`}
        >
          Load more
        </Link>
      )}
      {more && filter.shown >= MOST && (
        <p className="mt-6 text-sm text-muted-foreground">The export has the calls before these.</p>
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
            {OUTCOMES[outcome].says}
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
  const { says, icon: Icon, look } = OUTCOMES[entry.outcome];
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
        <span className="self-baseline">{says}</span>
      </span>
      <code className="order-first w-full wrap-anywhere sm:order-none sm:w-auto sm:min-w-0 sm:flex-1">
        {entry.tool ?? entry.method}
        {entry.reason && <span className="text-muted-foreground"> {entry.reason}</span>}
      </code>
      <span className="ml-auto text-muted-foreground tabular-nums">{Math.round(entry.durationMs)} ms</span>
    </li>
  );
}
