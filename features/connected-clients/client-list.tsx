import { Button, buttonClass } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { CopyField } from '#components/ui/copy-field.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format.ts';
import { ArrowDown, ArrowUp, Plug, Search } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { ColumnTitle, Table, TableHead } from '#components/ui/table.tsx';
import { config } from '#lib/config/env.ts';
import { route } from '#lib/config/route.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import {
  type ConnectionPage,
  type ConnectionSort,
  connectionCount,
  connectionPage,
} from '#lib/connections/queries.ts';
import { requireUser } from '#lib/session/user.ts';
import { organizationNames } from '#lib/workos/organization-names.ts';
import { ClientRow } from './client-row.tsx';
import { ExportConnections } from './export/export-links.tsx';
import { LiveUpdates } from './live/live-updates.tsx';
import { Notice } from './notice.tsx';
import { RevokeAllButton } from './revoke-buttons.tsx';
import {
  connectionQuery,
  type ListQuery,
  listHref,
  type Parameters,
  readListQuery,
} from './search-params.ts';

const STATES = [
  [undefined, 'All'],
  ['active', 'Active'],
  ['pending', 'Revoking'],
  ['revoked', 'Revoked'],
] as const;

/** The page of the signed-in person's clients. */
export async function ClientList({ parameters }: { parameters: Parameters }) {
  const user = await requireUser();
  const query = readListQuery(parameters);
  const [page, active, everything] = await Promise.all([
    connectionPage(user.id, connectionQuery(query)),
    connectionCount(user.id, { state: 'active' }),
    connectionCount(user.id),
  ]);
  return (
    <>
      <PageHeader
        title="Connected clients"
        lead={`${active === 0 ? 'No app' : countOf(active, 'app')} can act on your behalf.`}
        actions={active > 0 && <RevokeAllButton count={active} />}
      />
      <Notice />
      {page.grants === 'stale' && (
        <div className="mb-4">
          <Callout tone="warn" title="AuthKit did not return your grants">
            The list shows the last known grants. Calls recorded by this server are current, and revoking
            works.
          </Callout>
        </div>
      )}
      {everything === 0 ? (
        <NoClients />
      ) : (
        <Clients page={page} everything={everything} query={query} userId={user.id} />
      )}
    </>
  );
}

/** The list with its search, filters and pages. */
async function Clients({
  page,
  everything,
  query,
  userId,
}: {
  page: ConnectionPage;
  /** Number of the person's clients, regardless of the query. */
  everything: number;
  query: ListQuery;
  userId: string;
}) {
  const renderedAt = Date.now();
  const organizations = await organizationNames(page.rows.map(({ organizationId }) => organizationId));
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <SearchForm query={query} />
        <nav aria-label="State" className="flex flex-wrap gap-1">
          {STATES.map(([state, label]) => (
            <Chip key={label} href={listHref(query, { state })} current={query.state === state}>
              {label}
            </Chip>
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-4 text-sm text-muted-foreground">
          <LiveUpdates
            total={everything}
            states={Object.fromEntries(page.rows.map((row) => [row.id, row.state]))}
          />
          {page.total !== everything && <span className="tabular-nums">{countOf(page.total, 'client')}</span>}
        </div>
      </div>
      {page.rows.length === 0 ? (
        <div className="mt-6">
          <EmptyState icon={Search} title="No client matches">
            <Link className="link" href={listHref(query, { search: '', state: undefined })}>
              Show all {countOf(everything, 'client')}
            </Link>
          </EmptyState>
        </div>
      ) : (
        <div className="mt-6">
          <Table caption="Clients that can or could act on your behalf">
            <TableHead>
              <SortableTitle query={query} sort="name" direction="ascending" className="sm:w-[33%]">
                Client
              </SortableTitle>
              <ColumnTitle className="sm:w-[21%]">Access</ColumnTitle>
              <SortableTitle query={query} sort="lastUsed" direction="descending" className="sm:w-[14%]">
                Last used
              </SortableTitle>
              <ColumnTitle className="sm:w-[13%]">30 days</ColumnTitle>
              <ColumnTitle className="sm:w-[14%]">State</ColumnTitle>
              <ColumnTitle>
                <span className="sr-only">Actions</span>
              </ColumnTitle>
            </TableHead>
            {page.rows.map((row) => (
              <ClientRow
                key={row.id}
                row={row}
                userId={userId}
                organization={organizations.get(row.organizationId)}
                renderedAt={renderedAt}
              />
            ))}
          </Table>
        </div>
      )}
      <nav aria-label="Pages" className="mt-6 flex flex-wrap items-center justify-between gap-4 text-sm">
        <ExportConnections />
        <span className="ml-auto flex gap-2">
          {query.cursor !== undefined && (
            <Link className={buttonClass('secondary', 'small')} href={listHref(query, {})}>
              First page
            </Link>
          )}
          {page.nextCursor !== undefined && (
            <Link
              className={buttonClass('secondary', 'small')}
              href={listHref(query, { cursor: page.nextCursor })}
            >
              Next page
            </Link>
          )}
        </span>
      </nav>
    </>
  );
}

function SearchForm({ query }: { query: ListQuery }) {
  return (
    <search>
      <form action={route('/clients')} className="flex items-center gap-2">
        {query.sort !== 'lastUsed' && <input type="hidden" name="sort" value={query.sort} />}
        {query.state !== undefined && <input type="hidden" name="state" value={query.state} />}
        <input
          type="search"
          name="q"
          defaultValue={query.search}
          maxLength={100}
          aria-label="Search by host, name or software"
          placeholder="Host, name or software"
          className="min-h-8 w-56 min-w-0 rounded-lg border border-input bg-card px-3 text-sm placeholder:text-muted-foreground"
        />
        <Button type="submit" size="small">
          Search
        </Button>
      </form>
    </search>
  );
}

function SortableTitle({
  query,
  sort,
  direction,
  className,
  children,
}: {
  query: ListQuery;
  sort: ConnectionSort;
  direction: 'ascending' | 'descending';
  className: string;
  children: string;
}) {
  const current = query.sort === sort;
  const Icon = direction === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <ColumnTitle sort={current ? direction : undefined} className={className}>
      <Link href={listHref(query, { sort })} className="inline-flex items-center gap-1 hover:text-foreground">
        {children}
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
      <div className="mt-4 flex justify-center">
        <LiveUpdates total={0} states={{}} />
      </div>
    </EmptyState>
  );
}
