import type { Route } from 'next';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Search } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { ColumnTitle, Table, TableHead } from '#components/ui/table.tsx';
import { config } from '#lib/config/env.ts';
import { ACT_RETENTION_DAYS } from '#lib/connections/organization/acts.ts';
import { auditLog } from '#lib/connections/organization/audit.ts';
import { OrganizationFrame, PermissionsUnavailable } from '../frame.tsx';
import { PageLinks } from '../page-links.tsx';
import { auditQuery, type LogQuery, logParameters, type Parameters, readLogQuery } from '../search-params.ts';
import { readAsAdmin } from '../session.ts';
import { AuditEntryRow } from './audit-entry.tsx';
import { AuditFilters } from './audit-filters.tsx';

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
      <AuditFilters query={query} />
      <div className="mt-6">
        {entries.length === 0 ? (
          <EmptyState icon={Search} title="Nothing in this range">
            <p>Choose other dates or fewer filters. Days are in UTC.</p>
          </EmptyState>
        ) : (
          <Table caption="Calls, and acts of admins and members, newest first">
            <TableHead>
              <ColumnTitle className="wide:w-[14%]">Time</ColumnTitle>
              <ColumnTitle className="wide:w-[30%]">Person</ColumnTitle>
              <ColumnTitle className="wide:w-[24%]">Client</ColumnTitle>
              <ColumnTitle>Event</ColumnTitle>
            </TableHead>
            {entries.map((entry) => (
              <AuditEntryRow key={entry.id} entry={entry} renderedAt={renderedAt} />
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
        <PageLinks
          first={query.before === undefined ? undefined : logHref(query)}
          next={nextCursor === undefined ? undefined : logHref(query, { before: nextCursor })}
        />
      </nav>
    </OrganizationFrame>
  );
}

const logHref = (query: LogQuery, change: Partial<LogQuery> = {}) =>
  `/organization/audit?${logParameters(query, change)}` as Route;
