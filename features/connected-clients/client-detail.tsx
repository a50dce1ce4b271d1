import { Suspense } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { DocumentSource } from '#components/ui/document-source.tsx';
import { FindingList } from '#components/ui/finding-list.tsx';
import { countOf } from '#components/ui/format.ts';
import { ArrowLeft, TriangleAlert } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { ActivityEntry, RevocationEntry } from '#lib/connections/activity-queries.ts';
import type { DayOfCalls } from '#lib/connections/daily.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { describeAccess } from './access.ts';
import type { ActivityFilter } from './activity-query.ts';
import { Timeline } from './activity-timeline.tsx';
import { CallsPlot } from './calls-plot.tsx';
import { identify } from './client-identity.ts';
import { ClientMark } from './client-mark.tsx';
import { Facts } from './facts.tsx';
import { LastUsed } from './last-used.tsx';
import { LiveUpdates } from './live-updates.tsx';
import { Notice } from './notice.tsx';
import { readingOf } from './read-identity.ts';
import { RevocationHistory } from './revocation-history.tsx';
import type { RevocationOutcome } from './revocation-result.ts';
import { RevokeOne } from './revoke-one.tsx';
import { StateBadge } from './state-badge.tsx';
import { TrustBadge } from './trust-badge.tsx';

type Detail = {
  row: ConnectionRow;
  userId: string;
  days: readonly DayOfCalls[];
  entries: readonly ActivityEntry[];
  tools: readonly string[];
  history: readonly RevocationEntry[];
  filter: ActivityFilter;
  revoke: (id: string) => Promise<RevocationOutcome>;
};

/** Everything about one client: who it is, what it may do, what it did. */
export function ClientDetail({ row, userId, days, entries, tools, history, filter, revoke }: Detail) {
  const renderedAt = Date.now();
  const { title } = identify(row, undefined);
  const allowed = days.reduce((sum, day) => sum + day.allowed, 0);
  const refused = days.reduce((sum, day) => sum + day.denied + day.failed, 0);
  return (
    <>
      <p className="pt-6 text-sm">
        <Link
          href="/clients"
          className="inline-flex items-center gap-2 text-muted-foreground hover:text-foreground"
        >
          <ArrowLeft size={16} aria-hidden />
          Connected clients
        </Link>
      </p>
      <PageHeader
        title={title}
        actions={
          row.state === 'active' && <RevokeOne id={row.id} name={title} kind={row.kind} revoke={revoke} />
        }
      />
      <Notice />
      {row.state === 'pending' && (
        <div className="mb-6">
          <Callout tone="warn" title="Its grant at AuthKit is still to be deleted">
            Every call of this client is refused here already. Deleting the grant failed so far and is tried
            again.
          </Callout>
        </div>
      )}
      <div className="grid gap-x-16 gap-y-8 lg:grid-cols-2">
        <section aria-label="Identity" className="min-w-0">
          <Suspense fallback={<Skeleton className="h-28 w-full" />}>
            <Identity row={row} userId={userId} />
          </Suspense>
        </section>
        <section aria-label="Access" className="min-w-0">
          <Access row={row} renderedAt={renderedAt} />
        </section>
      </div>
      <section aria-labelledby="calls" className="mt-12">
        <h2 id="calls" className="mb-4 text-base">
          Calls in 30 days
        </h2>
        <CallsPlot
          days={days.map(({ day, allowed, denied, failed }) => ({ day, allowed, refused: denied + failed }))}
          label={`${countOf(allowed, 'call')} allowed and ${refused} denied or failed in 30 days`}
        />
      </section>
      <div className="mt-12 grid gap-x-16 gap-y-12 lg:grid-cols-[3fr_2fr]">
        <div className="min-w-0">
          <Timeline id={row.id} entries={entries} tools={tools} filter={filter} />
        </div>
        <div className="min-w-0 space-y-12">
          {row.host !== undefined && (
            <section aria-labelledby="document">
              <h2 id="document" className="mb-3 text-base">
                Its metadata document
              </h2>
              <Suspense fallback={<Skeleton className="h-64 w-full" />}>
                <Source row={row} userId={userId} />
              </Suspense>
            </section>
          )}
          <RevocationHistory entries={history} renderedAt={renderedAt} />
          <section aria-labelledby="export" className="text-sm">
            <h2 id="export" className="text-base">
              Export
            </h2>
            <p className="mt-1 flex gap-4">
              <span className="text-muted-foreground">All calls that are kept</span>
              <Link className="link" href={`/clients/${row.id}/export?format=json`} download>
                JSON
              </Link>
              <Link className="link" href={`/clients/${row.id}/export?format=csv`} download>
                CSV
              </Link>
            </p>
          </section>
        </div>
      </div>
    </>
  );
}

async function Identity({ row, userId }: { row: ConnectionRow; userId: string }) {
  const reading = await readingOf(row, userId);
  const { title, claim, standing, meaning, warning, hasLogo } = identify(row, reading);
  return (
    <>
      <div className="flex items-start gap-4">
        <ClientMark id={row.id} title={title} hasLogo={hasLogo} />
        <div className="min-w-0">
          <TrustBadge standing={standing} meaning={meaning} />
          {claim && <p className="mt-1 wrap-anywhere">{claim}</p>}
          <p className="mt-1 text-sm text-muted-foreground">{meaning}</p>
        </div>
      </div>
      {warning && (
        <p className="mt-4 flex gap-2 rounded-lg bg-warning-soft px-4 py-3 text-sm text-warning">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{warning}</span>
        </p>
      )}
      {reading && (
        <div className="mt-4">
          <FindingList findings={reading.findings} />
        </div>
      )}
    </>
  );
}

async function Source({ row, userId }: { row: ConnectionRow; userId: string }) {
  const reading = await readingOf(row, userId);
  return reading ? (
    <DocumentSource reading={reading} />
  ) : (
    <p className="text-sm text-muted-foreground">
      It was not read just now: too much was asked at once. Try again shortly.
    </p>
  );
}

function Access({ row, renderedAt }: { row: ConnectionRow; renderedAt: number }) {
  const time = (at: Date | undefined) =>
    at === undefined ? 'Never' : <RelativeTime at={at.toISOString()} renderedAt={renderedAt} />;
  const access = describeAccess(row.granted ? row.grantedScopes : row.scopes, row.permissions);
  return (
    <>
      <div className="mb-3 flex items-center gap-3">
        <StateBadge state={row.state} />
        <LiveUpdates states={{ [row.id]: row.state }} />
      </div>
      <Facts
        facts={[
          [
            row.state === 'active' ? 'May' : 'Was allowed to',
            access.length === 0 ? (
              'Not known'
            ) : (
              <ul>
                {access.map(({ words, name }) => (
                  <li key={name}>
                    {words} <code className="text-muted-foreground">{name}</code>
                  </li>
                ))}
              </ul>
            ),
          ],
          ['First seen', time(row.firstSeen)],
          [
            'Last used',
            <LastUsed key="last" id={row.id} at={row.lastUsed?.toISOString()} renderedAt={renderedAt} />,
          ],
          ...(row.revokedAt === undefined ? [] : [['Cut off', time(row.revokedAt)] as const]),
          ['Calls', countOf(row.calls, 'call')],
          [
            'Software',
            row.software ? `${row.software.name} ${row.software.version}, by its own account` : 'Not told',
          ],
          ['MCP revision', row.protocolVersion ?? 'Not seen'],
          ['Client id', <code key="id">{sanitize(row.clientId, 2048) || 'None in its tokens'}</code>],
        ]}
      />
    </>
  );
}
