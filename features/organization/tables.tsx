import type { ReactNode } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Count } from '#components/ui/count.tsx';
import { Ban, Hourglass } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Cell, ColumnTitle, INLINE_CELL, Row, RowGroup, Table, TableHead } from '#components/ui/table.tsx';
import type { AppRow, PersonRow } from '#lib/connections/organization/groups.ts';
import type { MemberName } from '#lib/connections/organization/members.ts';
import type { OrganizationConnection } from '#lib/connections/organization/queries.ts';
import type { RevocationScope } from '#lib/connections/organization/scope.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { allowAccessAgain } from './actions.ts';
import { type ListQuery, listHref, revokeHref } from './search-params.ts';

type Shown = { query: ListQuery; renderedAt: number };

type GroupRow = {
  key: string;
  title: ReactNode;
  others: number;
  connections: number;
  lastUsed: Date | undefined;
  active: boolean;
  scope: RevocationScope;
  /** For the link that revokes. */
  name: string;
};

/** Apps, each with all its connections. */
export function AppTable({ rows, query, renderedAt }: Shown & { rows: readonly AppRow[] }) {
  return (
    <GroupTable
      caption="Apps that are connected for members"
      titles={['App', 'People']}
      renderedAt={renderedAt}
      rows={rows.map(({ appKey, title, detail, people, ...row }) => ({
        ...row,
        key: appKey,
        title: (
          <>
            <Link
              className="font-medium wrap-anywhere hover:underline"
              href={listHref(query, { app: appKey, search: '' })}
            >
              {sanitize(title, 100)}
            </Link>
            {detail !== undefined && <Detail>{sanitize(detail, 100)}</Detail>}
          </>
        ),
        others: people,
        scope: { app: appKey },
        name: title,
      }))}
    />
  );
}

/** People, each with all their connections. */
export function PeopleTable({ rows, query, renderedAt }: Shown & { rows: readonly PersonRow[] }) {
  return (
    <GroupTable
      caption="People with connected apps"
      titles={['Person', 'Apps']}
      renderedAt={renderedAt}
      rows={rows.map(({ apps, connections, lastUsed, active, ...person }) => ({
        key: person.userId,
        title: <PersonName person={person} href={listHref(query, { person: person.userId, search: '' })} />,
        others: apps,
        connections,
        lastUsed,
        active,
        scope: { person: person.userId },
        name: person.email ?? person.userId,
      }))}
    />
  );
}

/** @param titles - of the columns with what the rows are, and with how many others each has */
function GroupTable({
  caption,
  titles: [title, others],
  rows,
  renderedAt,
}: {
  caption: string;
  titles: readonly [string, string];
  rows: readonly GroupRow[];
  renderedAt: number;
}) {
  return (
    <Table caption={caption}>
      <TableHead>
        <ColumnTitle className="wide:w-[40%]">{title}</ColumnTitle>
        <ColumnTitle className="wide:w-[14%]">{others}</ColumnTitle>
        <ColumnTitle className="wide:w-[16%]">Connections</ColumnTitle>
        <ColumnTitle className="wide:w-[18%]">Last used</ColumnTitle>
        <ActionsTitle />
      </TableHead>
      {rows.map((row) => (
        <RowGroup key={row.key}>
          <Row>
            <Cell className="narrow:pr-24">{row.title}</Cell>
            <Cell label={others} className={`text-sm tabular-nums ${INLINE_CELL}`}>
              <Count of={row.others} />
            </Cell>
            <Cell label="Connections" className={`text-sm tabular-nums ${INLINE_CELL}`}>
              <Count of={row.connections} />
            </Cell>
            <Cell label="Last used" className={`text-sm ${INLINE_CELL}`}>
              <Time at={row.lastUsed} renderedAt={renderedAt} />
            </Cell>
            <Actions active={row.active} scope={row.scope} name={row.name} />
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
        <ColumnTitle className="wide:w-[29%]">Client</ColumnTitle>
        <ColumnTitle className="wide:w-[25%]">Person</ColumnTitle>
        <ColumnTitle className="wide:w-[8%]">Calls</ColumnTitle>
        <ColumnTitle className="wide:w-[14%]">Last used</ColumnTitle>
        <ActionsTitle />
      </TableHead>
      {rows.map((row) => {
        const title = row.host ?? row.name ?? row.clientId ?? 'Unknown client';
        const detail = row.host === undefined ? row.clientId : row.name;
        return (
          <RowGroup key={row.id}>
            <Row>
              <Cell className="narrow:pr-24">
                <span className="font-medium wrap-anywhere">{sanitize(title, 100)}</span>
                {detail !== undefined && detail !== title && <Detail>{sanitize(detail, 100)}</Detail>}
              </Cell>
              <Cell label="Person" className="text-sm">
                <PersonName
                  person={row.person}
                  href={listHref(query, { person: row.person.userId, app: undefined, search: '' })}
                />
              </Cell>
              <Cell label="Calls" className={`text-sm tabular-nums ${INLINE_CELL}`}>
                <Count of={row.calls} />
              </Cell>
              <Cell label="Last used" className={`text-sm ${INLINE_CELL}`}>
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
                  <div className="flex flex-wrap items-center gap-2 wide:justify-end">
                    <RevokedBadge />
                    <form action={allowAccessAgain}>
                      <input type="hidden" name="connection" value={row.id} />
                      <Button
                        type="submit"
                        size="small"
                        variant="quiet"
                        aria-label={`Allow again: ${title} of ${row.person.email ?? row.person.userId}`}
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
      <Link className="text-sm wrap-anywhere hover:underline" href={href}>
        {sanitize(name || email || userId, 100)}
      </Link>
      <Detail>{isMember ? name !== '' && email : 'Not listed as a member'}</Detail>
    </>
  );
}

function Detail({ children }: { children: ReactNode }) {
  return <span className="block text-sm wrap-anywhere text-muted-foreground">{children}</span>;
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
    <Cell className="narrow:absolute narrow:top-2 narrow:right-0">
      <div className="flex wide:justify-end">
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
