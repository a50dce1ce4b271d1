import { buttonClass } from '#components/ui/button.tsx';
import { Count } from '#components/ui/count.tsx';
import { countOf } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { Cell, INLINE_CELL, Row, RowGroup } from '#components/ui/table.tsx';
import { connectionsOfApp } from '#lib/connections/app-connections.ts';
import type { App } from '#lib/connections/app-queries.ts';
import { DAYS_SHOWN } from '#lib/connections/connection-row.ts';
import type { ConnectionRow as Connection } from '#lib/connections/queries.ts';
import { organizationNames } from '#lib/workos/organization-names.ts';
import { notes } from '../app-row.tsx';
import { StateBadge } from '../badges.tsx';
import { SelectCell } from '../bulk/select.tsx';
import { identify } from '../client-identity.ts';
import { RevokeWithoutScript } from '../confirmation/revoke-without-script.tsx';
import { Label } from '../label/label.tsx';
import { LastUsed, WatchStates } from '../live/live-updates.tsx';
import { RowActions } from '../row-actions.tsx';
import { type ListQuery, listHref } from '../search-params.ts';

/** Connections of one app that are shown together. */
const UNFOLDED_SIZE = 50;

/** The connections of an app, if the query unfolds it. */
export async function ConnectionRows({
  app,
  userId,
  query,
  renderedAt,
}: {
  app: App;
  userId: string;
  query: ListQuery;
  renderedAt: number;
}) {
  const { key } = app;
  if (key !== query.open) return null;
  const { skip = 0, show: filter, search } = query;
  const unfolded = await connectionsOfApp(userId, { key, filter, search, skip, limit: UNFOLDED_SIZE });
  const states = Object.fromEntries(unfolded.map(({ id, state }) => [id, state]));
  return (
    <>
      {unfolded.map((row) => (
        <ConnectionRow key={row.id} row={row} renderedAt={renderedAt} />
      ))}
      <Range app={app} query={query} shown={unfolded.length} />
      <WatchStates states={states} />
    </>
  );
}

/** Which connections of an app are shown, with links to the others. */
function Range({ app, query, shown }: { app: App; query: ListQuery; shown: number }) {
  const { skip = 0 } = query;
  if (skip === 0 && shown >= app.connections) return null;
  const link = (to: number, label: string) => (
    <Link
      className={buttonClass('secondary', 'small')}
      href={`${listHref(query, { open: app.key, skip: to })}#app-${app.latest.id}` as '/clients'}
    >
      {label}
    </Link>
  );
  return (
    <RowGroup>
      <Row>
        <Cell colSpan={6} className="wide:pl-26">
          <span className="flex flex-wrap items-center gap-2 text-sm text-muted-foreground print:hidden">
            <span className="mr-2 tabular-nums">
              <Count of={Math.min(skip + 1, app.connections)} />–<Count of={skip + shown} /> of{' '}
              <Count of={app.connections} one="connection" />
            </span>
            {skip > 0 && link(Math.max(0, skip - UNFOLDED_SIZE), 'Previous connections')}
            {skip + shown < app.connections && link(skip + UNFOLDED_SIZE, 'Next connections')}
          </span>
        </Cell>
      </Row>
    </RowGroup>
  );
}

/** One connection of an unfolded app. */
async function ConnectionRow({ row, renderedAt }: { row: Connection; renderedAt: number }) {
  const { title } = identify(row);
  const client = { id: row.id, name: title, kind: row.kind };
  const canRevoke = row.state === 'active';
  const { software, organizationId } = row;
  const organization = organizationId && (await organizationNames([organizationId])).get(organizationId);
  const about = [software && `${software.name} ${software.version}`, ...notes(row), organization]
    .filter(Boolean)
    .join(' · ');
  return (
    <RowGroup>
      <Row>
        <SelectCell name="id" value={row.id} label={`${title}, one connection`} canRevoke={canRevoke} />
        <Cell className="narrow:pr-12 wide:pl-16">
          <p className="flex flex-wrap items-center gap-x-2 text-sm">
            <Link href={`/clients/${row.id}`} className="after:absolute after:inset-0">
              Connected{' '}
              <RelativeTime at={(row.firstSeen ?? row.activeAt).toISOString()} renderedAt={renderedAt} />
            </Link>
            <Label text={row.label} />
            {row.state !== 'active' && <StateBadge state={row.state} />}
          </p>
          {about !== '' && <p className="truncate text-sm text-muted-foreground">{about}</p>}
        </Cell>
        <Cell label="Last used" className={`text-sm ${INLINE_CELL}`}>
          <LastUsed of={row.id} at={row.lastUsed?.toISOString()} renderedAt={renderedAt} />
        </Cell>
        <Cell className="narrow:hidden" />
        <Cell label="30 days">
          <Sparkline values={row.daily} label={`${countOf(row.recentCalls, 'call')} in ${DAYS_SHOWN} days`} />
        </Cell>
        <Cell className="absolute top-2 -right-2 wide:static wide:text-right print:hidden!">
          <div className="relative z-[1] inline-block">
            <RowActions client={client} canRevoke={canRevoke} />
            <RevokeWithoutScript client={canRevoke ? client : undefined} />
          </div>
        </Cell>
      </Row>
    </RowGroup>
  );
}
