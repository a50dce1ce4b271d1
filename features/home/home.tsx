import type { ReactNode } from 'react';
import { buttonClass } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { CopyField } from '#components/ui/copy-field.tsx';
import { Count } from '#components/ui/count.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format.ts';
import { Plug } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { isDatabaseOutage } from '#lib/db/errors.ts';
import { fullName, type SessionUser } from '#lib/session/user.ts';
import { type Call, callsOf, type Overview, overview } from './overview.ts';

/** The start page of a signed-in person: what needs attention, the most used apps, and the latest calls. */
export async function Home({ user }: { user: SessionUser }) {
  const title = `Welcome, ${user.firstName ?? (fullName(user) || user.email)}`;
  const found = await overview(user.id).catch((error: unknown) => {
    if (!isDatabaseOutage(error)) throw error;
    return undefined;
  });
  if (found === undefined)
    return (
      <>
        <PageHeader title={title} />
        <Callout tone="bad" title="Your apps cannot be shown now">
          The database does not respond. Reload the page to try again.
        </Callout>
      </>
    );
  const { active, review, mostUsed, calls } = found;
  const renderedAt = Date.now();
  return (
    <>
      <PageHeader
        title={title}
        lead={<>{active === 0 ? 'No app' : <Count of={active} one="app" />} can act on your behalf.</>}
        actions={
          <Link href="/clients" className={`${buttonClass()} print:hidden`}>
            Connected clients
          </Link>
        }
      />
      {review > 0 && (
        <div className="mb-8">
          <Callout tone="warn" title={`${countOf(review, 'app')} ${review === 1 ? 'needs' : 'need'} review`}>
            <p>
              {review === 1 ? 'It uses' : 'They use'} the name of a well-known app, or nothing proves the name
              and {review === 1 ? 'it' : 'they'} can act while you are away.
            </p>
            <Link href="/clients?show=review" className="link mt-1 inline-block">
              Review
            </Link>
          </Callout>
        </div>
      )}
      {mostUsed.length === 0 ? (
        <EmptyState icon={Plug} title="No app is connected yet">
          <p>
            Add this URL to an app. It opens a page where you sign in and approve it. Then it appears here.
          </p>
          <div className="mx-auto mt-4 max-w-md text-left">
            <CopyField label="Server URL" value={resourceUrl(config())} />
          </div>
        </EmptyState>
      ) : (
        <div className="grid gap-x-12 gap-y-10 lg:grid-cols-2">
          <MostUsed apps={mostUsed} renderedAt={renderedAt} />
          <RecentCalls calls={calls} renderedAt={renderedAt} />
        </div>
      )}
    </>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="text-lg">
        {title}
      </h2>
      {children}
    </section>
  );
}

/** The host is proven, a name is only claimed. */
const titleOf = ({ host, name, kind }: ConnectionRow) =>
  host ?? (name ? `“${name}”` : kind === 'session' ? 'Unknown client' : 'Unnamed client');

function MostUsed({ apps, renderedAt }: { apps: Overview['mostUsed']; renderedAt: number }) {
  return (
    <Section id="most-used" title="Most used">
      <ul className="mt-2 divide-y divide-border border-y border-border">
        {apps.map((app) => (
          <li key={app.key} className="flex min-h-14 items-center justify-between gap-4 py-2">
            <div className="min-w-0">
              <Link href={`/clients/${app.latest.id}`} className="block truncate font-medium hover:underline">
                {titleOf(app.latest)}
              </Link>
              <p className="text-sm text-muted-foreground">
                <Count of={callsOf(app)} one="call" /> in 30 days
                {app.lastUsed !== undefined && (
                  <>
                    , last <RelativeTime at={app.lastUsed.toISOString()} renderedAt={renderedAt} />
                  </>
                )}
              </p>
            </div>
            <span className="shrink-0 max-sm:hidden">
              <Sparkline values={app.daily} label={`${countOf(callsOf(app), 'call')} by day`} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function RecentCalls({ calls, renderedAt }: { calls: readonly Call[]; renderedAt: number }) {
  return (
    <Section id="recent-activity" title="Recent activity">
      {calls.length === 0 ? (
        <p className="mt-2 text-sm text-muted-foreground">No app has called this server yet.</p>
      ) : (
        <ol className="mt-2 divide-y divide-border border-y border-border text-sm">
          {calls.map(({ id, at, method, tool, outcome, connection }) => (
            <li key={id} className="flex items-baseline justify-between gap-4 py-2">
              <span className="min-w-0 truncate">
                <code>{tool ?? method}</code>
                {outcome !== 'allowed' && (
                  <span className={outcome === 'denied' ? 'text-destructive' : 'text-warning'}>
                    {' '}
                    {outcome === 'denied' ? 'refused' : outcome}
                  </span>
                )}
                <span className="text-muted-foreground"> by {titleOf(connection)}</span>
              </span>
              <span className="text-muted-foreground">
                <RelativeTime at={at.toISOString()} renderedAt={renderedAt} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
