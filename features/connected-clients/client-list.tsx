import { Fragment } from 'react';
import { buttonClass } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { CopyField } from '#components/ui/copy-field.tsx';
import { Count } from '#components/ui/count.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { ArrowDown, ArrowUp, Plug, Search } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { ColumnTitle, Table, TableHead } from '#components/ui/table.tsx';
import { Toaster } from '#components/ui/toast.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { type AppPage, type AppSort, appPage } from '#lib/connections/app-queries.ts';
import { requireUser } from '#lib/session/user.ts';
import { AppRow } from './app-row.tsx';
import { RevokeUnused } from './bulk/revoke-unused.tsx';
import { SelectTitle } from './bulk/select.tsx';
import { SelectionBar } from './bulk/selection-bar.tsx';
import { DoneNotice } from './confirmation/done-notice.tsx';
import { ExportConnections } from './export/export-links.tsx';
import { LiveUpdates } from './live/live-updates.tsx';
import { RevokeAllButton } from './revoke-buttons.tsx';
import { SearchForm } from './search/search-form.tsx';
import {
  appQuery,
  FILTERS,
  type ListQuery,
  listHref,
  PAGE_SIZE,
  type Parameters,
  readListQuery,
} from './search-params.ts';
import { ConnectionRows } from './unfold/connection-rows.tsx';

const NEW_MS = 7 * 24 * 60 * 60 * 1000;
const TIME = 'wide:w-34 print:w-28!';

/** The page of the signed-in person's clients. */
export async function ClientList({ parameters }: { parameters: Parameters }) {
  const user = await requireUser();
  const query = readListQuery(parameters);
  const page = await appPage(user.id, appQuery(query));
  const { acting, review, all } = page.counts;
  return (
    <>
      <PageHeader
        title="Connected clients"
        lead={
          <>
            {acting === 0 ? 'No app' : <Count of={acting} one="app" />} can act on your behalf.
            {review > 0 && query.show !== 'review' && (
              <>
                {' '}
                <Link className="link" href={listHref(query, { show: 'review', search: '' })}>
                  <Count of={review} one="app" /> {review === 1 ? 'needs' : 'need'} review
                </Link>
              </>
            )}
          </>
        }
        actions={acting > 0 && <RevokeAllButton count={acting} />}
      />
      <DoneNotice done={parameters.done} now={Date.now()} />
      {page.grants === 'stale' && (
        <div className="mb-4">
          <Callout tone="warn" title="AuthKit did not return your grants">
            The list shows the last known grants. Calls recorded by this server are current, and revoking
            works.
          </Callout>
        </div>
      )}
      {all === 0 ? <NoClients /> : <Apps page={page} query={query} userId={user.id} />}
      <Toaster />
    </>
  );
}

/** The list with its search, filters and pages. */
function Apps({ page, query, userId }: { page: AppPage; query: ListQuery; userId: string }) {
  const renderedAt = Date.now();
  const { apps, counts } = page;
  const isNew = ({ firstSeen }: AppPage['apps'][number]) => firstSeen.getTime() > renderedAt - NEW_MS;
  // What is the same in every row is left out.
  const marked = apps.some((app) => !isNew(app));
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3 print:hidden">
        <SearchForm query={query} />
        <nav aria-label="Filter" className="flex flex-wrap gap-1">
          {FILTERS.map(([show, label]) => (
            <Chip key={show} href={listHref(query, { show })} current={query.show === show}>
              {label}{' '}
              <span className="ml-1.5 tabular-nums opacity-70">
                <Count of={counts[show]} />
              </span>
            </Chip>
          ))}
        </nav>
        <div className="flex flex-wrap items-center gap-y-2 lg:ml-auto">
          <LiveUpdates
            total={page.connections}
            states={Object.fromEntries(apps.map(({ latest: { id, state } }) => [id, state]))}
          />
          <RevokeUnused count={page.unused} />
        </div>
      </div>
      {apps.length === 0 ? (
        <div className="mt-6">
          <EmptyState icon={Search} title={query.search === '' ? EMPTY[query.show] : 'No app matches'}>
            <Link className="link" href={listHref(query, { search: '', show: 'all' })}>
              Show all <Count of={counts.all} one="app" />
            </Link>
          </EmptyState>
        </div>
      ) : (
        <div className="mt-4">
          <Table caption="Apps that can or could act on your behalf">
            <TableHead>
              <SelectTitle />
              <SortableTitle query={query} sort="name" title="App" />
              <SortableTitle query={query} sort="lastUsed" title="Last used" className={TIME} />
              <SortableTitle query={query} sort="firstSeen" title="Connected" className={TIME} />
              <ColumnTitle className="wide:w-36">30 days</ColumnTitle>
              <ColumnTitle className="wide:w-14 print:hidden!">
                <span className="sr-only">Actions</span>
              </ColumnTitle>
            </TableHead>
            {apps.map((app) => (
              <Fragment key={app.key}>
                <AppRow
                  app={app}
                  userId={userId}
                  query={query}
                  isNew={marked && isNew(app)}
                  renderedAt={renderedAt}
                />
                <ConnectionRows app={app} userId={userId} query={query} renderedAt={renderedAt} />
              </Fragment>
            ))}
          </Table>
        </div>
      )}
      {apps.length > 0 && <Pages page={page} query={query} />}
      <SelectionBar />
    </>
  );
}

const EMPTY: Record<ListQuery['show'], string> = {
  active: 'No app can act on your behalf',
  review: 'No app needs review',
  unused: 'Every app was used in the last 30 days',
  revoked: 'No app was revoked',
  all: 'No app is connected',
};

/** Export, and the pages with the range that this one shows. */
function Pages({ page: { page, total, apps }, query }: { page: AppPage; query: ListQuery }) {
  const first = (page - 1) * PAGE_SIZE;
  const link = (to: number, label: string) => (
    <Link className={buttonClass('secondary', 'small')} href={listHref(query, { page: to })}>
      {label}
    </Link>
  );
  return (
    <nav
      aria-label="Pages"
      className="mt-6 flex flex-wrap items-center justify-between gap-4 text-sm print:hidden"
    >
      <ExportConnections query={query} />
      {total > PAGE_SIZE && (
        <span className="ml-auto flex items-center gap-2">
          <span className="mr-2 text-muted-foreground tabular-nums">
            <Count of={first + 1} />–<Count of={first + apps.length} /> of <Count of={total} />
          </span>
          {page > 1 && link(page - 1, 'Previous')}
          {first + apps.length < total && link(page + 1, 'Next')}
        </span>
      )}
    </nav>
  );
}

/** A column title that sorts; a click on that of the current order reverses it. */
function SortableTitle({
  query,
  sort,
  title,
  className,
}: {
  query: ListQuery;
  sort: AppSort;
  title: string;
  className?: string;
}) {
  const current = query.sort === sort;
  const direction = (sort === 'name') === query.reverse ? 'descending' : 'ascending';
  const Icon = direction === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <ColumnTitle sort={current ? direction : undefined} className={className}>
      <Link
        href={listHref(query, { sort, reverse: current && !query.reverse })}
        className="inline-flex items-center gap-1 hover:text-foreground"
      >
        {title}
        {current && <Icon size={16} aria-hidden />}
      </Link>
    </ColumnTitle>
  );
}

/** The page before the first client connects. */
function NoClients() {
  return (
    <EmptyState icon={Plug} title="No client is connected yet">
      <p>Add this URL to a client. It opens a page where you sign in and approve it. Then it appears here.</p>
      <div className="mx-auto my-4 max-w-md text-left">
        <CopyField label="Server URL" value={resourceUrl(config())} />
      </div>
      <Link className="link" href="/#connect">
        How to add it to Claude, ChatGPT, Cursor and others
      </Link>
      <div className="mt-2 -mb-2 flex justify-center sm:-mb-10">
        <LiveUpdates total={0} states={{}} />
      </div>
    </EmptyState>
  );
}
