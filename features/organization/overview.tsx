import { Button, buttonClass } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format.ts';
import { Plug, Search } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { route } from '#lib/config/route.ts';
import { organizationApps, organizationPeople } from '#lib/connections/organization/groups.ts';
import { organizationConnections, organizationTotals } from '#lib/connections/organization/queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { Done } from './done.tsx';
import { OrganizationFrame, PermissionsUnavailable } from './frame.tsx';
import { PageLinks } from './page-links.tsx';
import {
  connectionQuery,
  type ListQuery,
  listHref,
  type Parameters,
  readListQuery,
  revokeHref,
} from './search-params.ts';
import { readAsAdmin } from './session.ts';
import { AppTable, ConnectionTable, PeopleTable } from './tables.tsx';

const VIEWS = [
  ['connections', 'All connections'],
  ['apps', 'By app'],
  ['people', 'By person'],
] as const;
const STATES = [
  [undefined, 'Any state'],
  ['active', 'Active'],
  ['revoked', 'Revoked'],
] as const;

/** The page of an organization: the connections of its members, by app, by person, or each. */
export async function Overview({ parameters }: { parameters: Parameters }) {
  const query = readListQuery(parameters);
  const wanted = connectionQuery(query);
  const read = await readAsAdmin(async (admin) => {
    const [totals, page] = await Promise.all([
      organizationTotals(admin),
      query.view === 'apps'
        ? organizationApps(admin, wanted).then((found) => ({ view: 'apps' as const, ...found }))
        : query.view === 'people'
          ? organizationPeople(admin, wanted).then((found) => ({ view: 'people' as const, ...found }))
          : organizationConnections(admin, wanted).then((found) => ({
              view: 'connections' as const,
              ...found,
            })),
    ]);
    return { totals, page, organizationId: admin.organizationId };
  });
  if (read === 'unavailable') return <PermissionsUnavailable />;
  const { totals, page, organizationId } = read;
  const renderedAt = Date.now();
  return (
    <OrganizationFrame
      organizationId={organizationId}
      section="/organization"
      lead={
        totals.connections === 0
          ? 'No app is connected for a member.'
          : `${countOf(totals.connections, 'connection')} of members with apps.`
      }
      actions={
        totals.connections > 0 && (
          <Link className={`${buttonClass('secondary')} print:hidden`} href={revokeHref({ all: true })}>
            Revoke all
          </Link>
        )
      }
    >
      <Done parameters={parameters} />
      {totals.source === 'stale' && (
        <div className="mb-4">
          <Callout tone="warn" title="AuthKit has not listed the organization">
            <p>Members and apps that never called may be missing. Revoking works.</p>
          </Callout>
        </div>
      )}
      {totals.connections === 0 ? (
        <EmptyState icon={Plug} title="No connections yet">
          <p>When a member authorizes an app for this organization, it appears here.</p>
        </EmptyState>
      ) : (
        <>
          <Filters
            query={query}
            only={
              query.app ??
              (page.view === 'connections' ? page.rows[0]?.person.email : undefined) ??
              query.person
            }
          />
          <div className="mt-6">
            {page.rows.length === 0 ? (
              <EmptyState icon={Search} title="Nothing matches">
                <Link
                  className="link"
                  href={listHref(query, { search: '', state: undefined, person: undefined, app: undefined })}
                >
                  Show everything
                </Link>
              </EmptyState>
            ) : page.view === 'apps' ? (
              <AppTable rows={page.rows} query={query} renderedAt={renderedAt} />
            ) : page.view === 'people' ? (
              <PeopleTable rows={page.rows} query={query} renderedAt={renderedAt} />
            ) : (
              <ConnectionTable rows={page.rows} query={query} renderedAt={renderedAt} />
            )}
          </div>
          <Pages query={query} nextCursor={page.nextCursor} />
        </>
      )}
    </OrganizationFrame>
  );
}

/** @param only - how the only person or app of the list is called */
function Filters({ query, only }: { query: ListQuery; only: string | undefined }) {
  const { person, app } = query;
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3 print:hidden">
      <nav aria-label="View" className="flex flex-wrap gap-1">
        {VIEWS.map(([view, label]) => (
          <Chip
            key={view}
            href={listHref(query, { view, person: undefined, app: undefined, state: undefined })}
            current={query.view === view && person === undefined && app === undefined}
          >
            {label}
          </Chip>
        ))}
      </nav>
      <SearchForm query={query} />
      {query.view === 'connections' && (
        <nav aria-label="State" className="flex flex-wrap gap-1">
          {STATES.map(([state, label]) => (
            <Chip key={label} href={listHref(query, { state })} current={query.state === state}>
              {label}
            </Chip>
          ))}
        </nav>
      )}
      {(person ?? app) !== undefined && (
        <p className="min-w-0 text-sm text-muted-foreground">
          Only <span className="wrap-anywhere text-foreground">{sanitize(only, 100)}</span>.{' '}
          <Link className="link" href={listHref(query, { person: undefined, app: undefined })}>
            Show all
          </Link>
        </p>
      )}
    </div>
  );
}

function SearchForm({ query }: { query: ListQuery }) {
  const kept = { view: query.view, state: query.state, person: query.person, app: query.app };
  return (
    <search className="max-w-full min-w-0">
      <form action={route('/organization')} className="flex items-center gap-2">
        {Object.entries(kept).map(
          ([name, value]) =>
            value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
        )}
        <input
          type="search"
          name="q"
          defaultValue={query.search}
          maxLength={100}
          aria-label="Search by person, app or host"
          placeholder="Person, app or host"
          className="min-h-8 w-56 min-w-0 rounded-lg border border-input bg-card px-3 text-sm placeholder:text-muted-foreground"
        />
        <Button type="submit" size="small">
          Search
        </Button>
      </form>
    </search>
  );
}

function Pages({ query, nextCursor }: { query: ListQuery; nextCursor: string | undefined }) {
  if (query.cursor === undefined && nextCursor === undefined) return null;
  return (
    <nav aria-label="Pages" className="mt-6 flex text-sm print:hidden">
      <PageLinks
        first={query.cursor === undefined ? undefined : listHref(query, {})}
        next={nextCursor === undefined ? undefined : listHref(query, { cursor: nextCursor })}
      />
    </nav>
  );
}
