import { Badge } from '#components/ui/badge.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Count } from '#components/ui/count.tsx';
import { countOf } from '#components/ui/format.ts';
import { Ban, Hourglass } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Cell, ColumnTitle, Row, RowGroup, Table, TableHead } from '#components/ui/table.tsx';
import type {
  AppRow,
  MemberName,
  OrganizationConnection,
  PersonRow,
} from '#lib/connections/organization/queries.ts';
import type { RevocationScope } from '#lib/connections/organization/revoke.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { allowAccessAgain } from './actions.ts';
import { type ListQuery, listHref, revokeHref } from './search-params.ts';

type Shown = { query: ListQuery; renderedAt: number };

/** Apps, each with all its connections. */
export function AppTable({ rows, query, renderedAt }: Shown & { rows: readonly AppRow[] }) {
  return (
    <Table caption="Apps that are connected for members">
      <TableHead>
        <ColumnTitle className="sm:w-[40%]">App</ColumnTitle>
        <ColumnTitle className="sm:w-[14%]">People</ColumnTitle>
        <ColumnTitle className="sm:w-[16%]">Connections</ColumnTitle>
        <ColumnTitle className="sm:w-[18%]">Last used</ColumnTitle>
        <ActionsTitle />
      </TableHead>
      {rows.map(({ appKey, title, detail, people, connections, lastUsed, active }) => (
        <RowGroup key={appKey}>
          <Row>
            <Cell>
              <Link
                className="link font-medium wrap-anywhere"
                href={listHref(query, { app: appKey, search: '' })}
              >
                {sanitize(title, 100)}
              </Link>
              {detail !== undefined && (
                <span className="block text-sm wrap-anywhere text-muted-foreground">
                  {sanitize(detail, 100)}
                </span>
              )}
            </Cell>
            <Cell label="People" className="text-sm tabular-nums">
              <Count of={people} />
            </Cell>
            <Cell label="Connections" className="text-sm tabular-nums">
              <Count of={connections} />
            </Cell>
            <Cell label="Last used" className="text-sm">
              <Time at={lastUsed} renderedAt={renderedAt} />
            </Cell>
            <Actions active={active} scope={{ app: appKey }} name={title} />
          </Row>
        </RowGroup>
      ))}
    </Table>
  );
}

/** People, each with all their connections. */
export function PeopleTable({ rows, query, renderedAt }: Shown & { rows: readonly PersonRow[] }) {
  return (
    <Table caption="People with connected apps">
      <TableHead>
        <ColumnTitle className="sm:w-[40%]">Person</ColumnTitle>
        <ColumnTitle className="sm:w-[14%]">Apps</ColumnTitle>
        <ColumnTitle className="sm:w-[16%]">Connections</ColumnTitle>
        <ColumnTitle className="sm:w-[18%]">Last used</ColumnTitle>
        <ActionsTitle />
      </TableHead>
      {rows.map(({ apps, connections, lastUsed, active, ...person }) => (
        <RowGroup key={person.userId}>
          <Row>
            <Cell>
              <PersonName person={person} href={listHref(query, { person: person.userId, search: '' })} />
            </Cell>
            <Cell label="Apps" className="text-sm tabular-nums">
              <Count of={apps} />
            </Cell>
            <Cell label="Connections" className="text-sm tabular-nums">
              <Count of={connections} />
            </Cell>
            <Cell label="Last used" className="text-sm">
              <Time at={lastUsed} renderedAt={renderedAt} />
            </Cell>
            <Actions active={active} scope={{ person: person.userId }} name={person.email ?? person.userId} />
          </Row>
        </RowGroup>
      ))}
    </Table>
  );
}

/** Connections, each of one person with one client. */
export function ConnectionTable({
  rows,
  query,
  renderedAt,
}: Shown & { rows: readonly OrganizationConnection[] }) {
  return (
    <Table caption="Connections of members">
      <TableHead>
        <ColumnTitle className="sm:w-[26%]">Client</ColumnTitle>
        <ColumnTitle className="sm:w-[27%]">Person</ColumnTitle>
        <ColumnTitle className="sm:w-[8%]">Calls</ColumnTitle>
        <ColumnTitle className="sm:w-[16%]">Last used</ColumnTitle>
        <ActionsTitle />
      </TableHead>
      {rows.map((row) => {
        const title = row.host ?? row.name ?? row.clientId ?? 'Unknown client';
        const detail = row.host === undefined ? row.clientId : row.name;
        return (
          <RowGroup key={row.id}>
            <Row>
              <Cell>
                <span className="font-medium wrap-anywhere">{sanitize(title, 100)}</span>
                {detail !== undefined && detail !== title && (
                  <span className="block text-sm wrap-anywhere text-muted-foreground">
                    {sanitize(detail, 100)}
                  </span>
                )}
              </Cell>
              <Cell label="Person">
                <PersonName
                  person={row.person}
                  href={listHref(query, { person: row.person.userId, app: undefined, search: '' })}
                />
              </Cell>
              <Cell label="Calls" className="text-sm tabular-nums">
                <Count of={row.calls} />
              </Cell>
              <Cell label="Last used" className="text-sm">
                <Time at={row.lastUsed} renderedAt={renderedAt} />
              </Cell>
              {row.state === 'active' || row.state === 'pending' ? (
                <Actions
                  active={row.state === 'active'}
                  pending={row.state === 'pending'}
                  scope={{ connection: row.id }}
                  name={`${title} of ${row.person.email ?? row.person.userId}`}
                />
              ) : (
                <Cell>
                  <div className="flex flex-wrap items-center gap-2 sm:justify-end">
                    <RevokedBadge />
                    <form action={allowAccessAgain}>
                      <input type="hidden" name="connection" value={row.id} />
                      <Button
                        type="submit"
                        size="small"
                        variant="quiet"
                        aria-label={`Allow ${title} of ${row.person.email ?? row.person.userId} again`}
                      >
                        Allow again
                      </Button>
                    </form>
                  </div>
                </Cell>
              )}
            </Row>
          </RowGroup>
        );
      })}
    </Table>
  );
}

function PersonName({ person, href }: { person: MemberName; href: ReturnType<typeof listHref> }) {
  const { name, email, userId, isMember } = person;
  return (
    <>
      <Link className="link wrap-anywhere" href={href}>
        {sanitize(name || email || userId, 100)}
      </Link>
      <span className="block text-sm wrap-anywhere text-muted-foreground">
        {isMember ? name !== '' && email : 'Not a member now'}
      </span>
    </>
  );
}

function Time({ at, renderedAt }: { at: Date | undefined; renderedAt: number }) {
  return at === undefined ? 'Never' : <RelativeTime at={at.toISOString()} renderedAt={renderedAt} />;
}

function ActionsTitle() {
  return (
    <ColumnTitle>
      <span className="sr-only">Access</span>
    </ColumnTitle>
  );
}

function RevokedBadge() {
  return <Badge icon={Ban}>Revoked</Badge>;
}

function Actions({
  active,
  pending = false,
  scope,
  name,
}: {
  active: boolean;
  pending?: boolean;
  scope: RevocationScope;
  name: string;
}) {
  return (
    <Cell>
      <div className="flex sm:justify-end">
        {active ? (
          <Link
            className={`${buttonClass('secondary', 'small')} print:hidden`}
            href={revokeHref(scope)}
            aria-label={`Revoke ${sanitize(name, 100)}`}
          >
            Revoke
          </Link>
        ) : pending ? (
          <Badge
            tone="warn"
            icon={Hourglass}
            title="Calls are refused. The grant at AuthKit is not deleted yet."
          >
            Revoking
          </Badge>
        ) : (
          <RevokedBadge />
        )}
      </div>
    </Cell>
  );
}

/** `3 connections of 2 people`. */
export function describeCount({ connections, people }: { connections: number; people: number }): string {
  return `${countOf(connections, 'connection')} of ${countOf(people, 'person', 'people')}`;
}
