import type { Route } from 'next';
import type { ReactNode } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { CircleAlert, Search, ShieldAlert } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Cell, ColumnTitle, Row, RowGroup, Table, TableHead } from '#components/ui/table.tsx';
import { config } from '#lib/config/env.ts';
import { route } from '#lib/config/route.ts';
import { ACT_RETENTION_DAYS, type Act } from '#lib/connections/organization/acts.ts';
import { type AuditEntry, auditLog } from '#lib/connections/organization/audit.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { OrganizationFrame, PermissionsUnavailable } from './frame.tsx';
import { auditQuery, type LogQuery, logParameters, type Parameters, readLogQuery } from './search-params.ts';
import { readAsAdmin } from './session.ts';

const ACTS: Record<Act, string> = {
  revoked_connection: 'Revoked a connection',
  revoked_person: 'Revoked the connections of a person',
  revoked_app: 'Revoked the connections of an app',
  revoked_all: 'Revoked every connection',
  allowed_again: 'Allowed a connection again',
  changed_policy: 'Changed the access policy',
  exported: 'Exported the audit log',
};

const CHANGES: Record<(AuditEntry & { kind: 'change' })['event'], string> = {
  revoked: 'Revoked access',
  undone: 'Undid a revocation',
  limited: 'Changed limits',
  expired: 'Expired',
};

/** The audit log: the calls of all connections of the organization, and the acts of its admins. */
export async function AuditPage({ parameters }: { parameters: Parameters }) {
  const query = readLogQuery(parameters, new Date());
  const read = await readAsAdmin(async (admin) => ({
    ...(await auditLog(admin, auditQuery(query))),
    organizationId: admin.organizationId,
  }));
  if (read === 'unavailable') return <PermissionsUnavailable />;
  const { entries, nextCursor, organizationId } = read;
  const renderedAt = Date.now();
  const download = (format: string) =>
    `/organization/audit/export?${logParameters(query)}&format=${format}` as Route;
  return (
    <OrganizationFrame
      organizationId={organizationId}
      section="/organization/audit"
      lead={`Calls are kept for ${config().activityRetentionDays} days, acts of admins for ${ACT_RETENTION_DAYS}. Arguments and results of calls are not stored.`}
    >
      <Filters query={query} />
      <div className="mt-6">
        {entries.length === 0 ? (
          <EmptyState icon={Search} title="Nothing in this range">
            <p>Choose other dates or fewer filters. Days are in UTC.</p>
          </EmptyState>
        ) : (
          <Table caption="Calls, and acts of admins and members, newest first">
            <TableHead>
              <ColumnTitle className="sm:w-[16%]">Time</ColumnTitle>
              <ColumnTitle className="sm:w-[24%]">Person</ColumnTitle>
              <ColumnTitle className="sm:w-[24%]">Client</ColumnTitle>
              <ColumnTitle>Event</ColumnTitle>
            </TableHead>
            {entries.map((entry) => (
              <EntryRow key={entry.id} entry={entry} renderedAt={renderedAt} />
            ))}
          </Table>
        )}
      </div>
      <nav
        aria-label="Pages"
        className="mt-6 flex flex-wrap items-center justify-between gap-4 text-sm print:hidden"
      >
        <span className="flex gap-4">
          <span className="text-muted-foreground">Export this range</span>
          <Link className="link" href={download('json')} download>
            JSON
          </Link>
          <Link className="link" href={download('csv')} download>
            CSV
          </Link>
        </span>
        <span className="ml-auto flex gap-2">
          {query.before !== undefined && (
            <Link className={buttonClass('secondary', 'small')} href={logHref(query)}>
              First page
            </Link>
          )}
          {nextCursor !== undefined && (
            <Link className={buttonClass('secondary', 'small')} href={logHref(query, { before: nextCursor })}>
              Next page
            </Link>
          )}
        </span>
      </nav>
    </OrganizationFrame>
  );
}

const logHref = (query: LogQuery, change: Partial<LogQuery> = {}) =>
  `/organization/audit?${logParameters(query, change)}` as Route;

const OUTCOME = {
  denied: { tone: 'warn', icon: ShieldAlert, label: 'Refused' },
  failed: { tone: 'bad', icon: CircleAlert, label: 'Failed' },
} as const;

function EntryRow({ entry, renderedAt }: { entry: AuditEntry; renderedAt: number }) {
  const time = <RelativeTime at={entry.at.toISOString()} renderedAt={renderedAt} />;
  if (entry.kind === 'act')
    return (
      <EntryCells time={time} person={entry.by} note="Admin" client="–">
        <span className="font-medium">{ACTS[entry.act]}</span>
        {(entry.detail || entry.email || entry.target) !== '' && (
          <span className="block wrap-anywhere text-muted-foreground">
            {sanitize(entry.detail || entry.email || entry.target, 1_000)}
          </span>
        )}
      </EntryCells>
    );
  const person = entry.email ?? entry.userId ?? 'Deleted';
  if (entry.kind === 'change')
    return (
      <EntryCells
        time={time}
        person={person}
        client={entry.connectionId === '' ? 'Every client' : entry.client}
      >
        <span className="font-medium">{CHANGES[entry.event]}</span>
        {entry.by !== '' && entry.by !== person && (
          <span className="block wrap-anywhere text-muted-foreground">By {sanitize(entry.by, 200)}</span>
        )}
      </EntryCells>
    );
  const look = entry.outcome === 'allowed' ? undefined : OUTCOME[entry.outcome];
  return (
    <EntryCells time={time} person={person} client={entry.client || 'Deleted'}>
      <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <code className="wrap-anywhere">{entry.tool ?? entry.method}</code>
        {look && (
          <Badge tone={look.tone} icon={look.icon}>
            {look.label}
          </Badge>
        )}
        {entry.reason !== undefined && (
          <span className="text-muted-foreground">{entry.reason.replaceAll('_', ' ')}</span>
        )}
      </span>
    </EntryCells>
  );
}

function EntryCells({
  time,
  person,
  note,
  client,
  children,
}: {
  time: ReactNode;
  person: string;
  note?: string;
  client: string;
  children: ReactNode;
}) {
  return (
    <RowGroup>
      <Row>
        <Cell label="Time" className="text-sm">
          {time}
        </Cell>
        <Cell label="Person" className="text-sm">
          <span className="wrap-anywhere">{sanitize(person, 200)}</span>
          {note && <span className="block text-muted-foreground">{note}</span>}
        </Cell>
        <Cell label="Client" className="text-sm">
          <span className="wrap-anywhere">{sanitize(client, 100)}</span>
        </Cell>
        <Cell label="Event" className="text-sm">
          {children}
        </Cell>
      </Row>
    </RowGroup>
  );
}

const FIELD = 'min-h-8 min-w-0 rounded-lg border border-input bg-card px-3 text-sm';

function Filters({ query }: { query: LogQuery }) {
  const text = (name: 'person' | 'client' | 'tool', label: string) => (
    <label className="flex flex-col gap-1">
      <span className="text-muted-foreground">{label}</span>
      <input name={name} defaultValue={query[name]} maxLength={100} className={`${FIELD} w-44`} />
    </label>
  );
  const date = (name: 'from' | 'until', label: string) => (
    <label className="flex flex-col gap-1">
      <span className="text-muted-foreground">{label}</span>
      <input type="date" name={name} defaultValue={query[name]} className={FIELD} />
    </label>
  );
  const choice = (
    name: 'kind' | 'outcome',
    label: string,
    options: readonly (readonly [string, string])[],
  ) => (
    <label className="flex flex-col gap-1">
      <span className="text-muted-foreground">{label}</span>
      <select name={name} defaultValue={query[name] ?? ''} className={FIELD}>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <search>
      <form action={route('/organization/audit')} className="flex flex-wrap items-end gap-3 text-sm">
        {date('from', 'From (UTC)')}
        {date('until', 'Until')}
        {text('person', 'Person')}
        {text('client', 'Client')}
        {text('tool', 'Tool')}
        {choice('outcome', 'Outcome', [
          ['', 'Any'],
          ['allowed', 'Allowed'],
          ['denied', 'Refused'],
          ['failed', 'Failed'],
        ])}
        {choice('kind', 'Entries', [
          ['', 'Calls and acts'],
          ['calls', 'Calls'],
          ['acts', 'Acts of admins and members'],
        ])}
        <Button type="submit" size="small">
          Filter
        </Button>
      </form>
    </search>
  );
}
