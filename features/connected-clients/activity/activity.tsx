import type { Route } from 'next';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Activity as ActivityIcon } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { route } from '#lib/config/route.ts';
import { type ActivityEntry, listActivity, toolsCalled } from '#lib/connections/activity-queries.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { NewCalls } from '../live/new-calls.tsx';
import { clientHref, type Parameters } from '../search-params.ts';
import {
  ACTIVITY_STEP,
  type ActivityFilter,
  activityQuery,
  isNarrow,
  MAX_ACTIVITY,
  readActivityFilter,
} from './activity-filter.ts';
import { Timeline } from './timeline.tsx';

type Href = (
  change: Record<string, string | undefined>,
  anchor?: string,
) => Route<`/clients/${string}#${string}`>;

/** The calls of one client of the person, as the parameters of the page filter them. */
export async function Activity({
  row,
  userId,
  parameters,
}: {
  row: ConnectionRow;
  userId: string;
  parameters: Parameters;
}) {
  const { id } = row;
  const filter = readActivityFilter(parameters);
  const [entries, tools] = await Promise.all([
    listActivity(userId, id, { filter: activityQuery(filter), limit: filter.shown }),
    toolsCalled(userId, id),
  ]);
  const last = entries.at(-1);
  const more = entries.length === filter.shown;
  const href: Href = (change, anchor = 'activity') =>
    route(`${clientHref(id, parameters, { shown: undefined, ...change })}#${anchor}`);
  const quiet = !filter.everything && filter.tool === undefined;
  return (
    <section aria-labelledby="activity" className="mt-12">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 id="activity" className="text-lg">
          Activity
        </h2>
        <NewCalls id={id} calls={row.calls} />
      </div>
      <p className="text-sm text-muted-foreground">
        {quiet
          ? 'What the client did. Requests that only set it up, such as tools/list, are hidden. '
          : 'Every request of the client. '}
        Arguments and results are not kept.
      </p>
      <Filters tools={tools} filter={filter} href={href} parameters={parameters} />
      {last === undefined ? (
        <div className="mt-4">
          <EmptyState icon={ActivityIcon} title="No activity">
            <Emptiness filter={filter} quiet={quiet} calls={row.calls} />
          </EmptyState>
        </div>
      ) : (
        <Timeline entries={entries.map(shownEntry)} renderedAt={Date.now()} />
      )}
      {more && last && filter.shown < MAX_ACTIVITY && (
        <Link
          className={`${buttonClass()} mt-6 print:hidden`}
          href={href(
            { shown: String(Math.min(filter.shown + ACTIVITY_STEP, MAX_ACTIVITY)) },
            `call-${last.id}`,
          )}
        >
          Load more
        </Link>
      )}
      {more && filter.shown >= MAX_ACTIVITY && (
        <p className="mt-6 text-sm text-muted-foreground">
          This page shows {MAX_ACTIVITY} calls. Choose dates to see earlier ones.
        </p>
      )}
    </section>
  );
}

function shownEntry({ id, at, method, tool, outcome, reason, durationMs }: ActivityEntry) {
  return { id, at: at.toISOString(), name: tool ?? method, outcome, reason, durationMs };
}

function Emptiness({ filter, quiet, calls }: { filter: ActivityFilter; quiet: boolean; calls: number }) {
  if (isNarrow(filter)) return 'No call matches this filter.';
  if (quiet && calls > 0) return 'Its latest requests only set it up.';
  return 'This client has not called this server yet, or its calls are older than the retention.';
}

function Filters({
  tools,
  filter,
  href,
  parameters,
}: {
  tools: readonly string[];
  filter: ActivityFilter;
  href: Href;
  parameters: Parameters;
}) {
  const field = 'min-h-8 rounded-lg border border-input bg-card px-2 text-sm text-foreground';
  const kept = ['outcome', 'tool', 'requests', 'days'].flatMap((name) =>
    typeof parameters[name] === 'string' ? [[name, parameters[name]] as const] : [],
  );
  return (
    <div className="mt-3 space-y-1 print:hidden">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <nav aria-label="Outcome" className="flex flex-wrap">
          <Chip href={href({ outcome: undefined })} current={filter.outcome === undefined}>
            All
          </Chip>
          {OUTCOMES.map(([outcome, label]) => (
            <Chip key={outcome} href={href({ outcome })} current={filter.outcome === outcome}>
              {label}
            </Chip>
          ))}
        </nav>
        <nav aria-label="Requests">
          <Chip href={href({ requests: filter.everything ? undefined : 'all' })} current={filter.everything}>
            Set-up requests
          </Chip>
        </nav>
        <form action="#activity" className="flex flex-wrap items-center gap-2 text-sm text-muted-foreground">
          {kept.map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <label className="flex items-center gap-2">
            From
            <input key={filter.from} type="date" name="from" defaultValue={filter.from} className={field} />
          </label>
          <label className="flex items-center gap-2">
            to
            <input key={filter.to} type="date" name="to" defaultValue={filter.to} className={field} />
          </label>
          <span>UTC</span>
          <Button type="submit" size="small">
            Filter
          </Button>
          {(filter.from ?? filter.to) !== undefined && (
            <Link className="link" href={href({ from: undefined, to: undefined })}>
              Clear dates
            </Link>
          )}
        </form>
      </div>
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

const OUTCOMES = [
  ['allowed', 'Allowed'],
  ['denied', 'Refused'],
  ['failed', 'Failed'],
] as const;
