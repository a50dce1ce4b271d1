import { isUuid } from '#lib/db/uuid.ts';
import type { Context } from '../context.ts';
import { pageSize } from '../cursor.ts';
import { processContext } from '../process-context.ts';
import { recordAct } from './acts.ts';
import { type Admin, authorizeAdmin } from './admin.ts';
import { type AuditAct, readActs } from './audit-acts.ts';
import { type AuditCall, readCalls } from './audit-calls.ts';
import { type AuditChange, readChanges } from './audit-changes.ts';
import type { AuditQuery } from './audit-query.ts';
import { refreshOrganization } from './refresh.ts';

export type AuditEntry = AuditCall | AuditAct | AuditChange;

/** What is in the log of an organization, newest first. */
export async function auditLog(
  admin: Omit<Admin, 'by'>,
  query: AuditQuery = {},
  context: Context = processContext(),
): Promise<{ entries: AuditEntry[]; nextCursor: string | undefined }> {
  const organizationId = await authorizeAdmin(admin);
  // For the addresses of members.
  await refreshOrganization(context, organizationId);
  const db = await context.database();
  const limit = pageSize(query.limit, 50);
  if (query.before !== undefined && !isUuid(query.before)) return { entries: [], nextCursor: undefined };
  const onlyCalls = query.kind === 'calls' || query.tool !== undefined || query.outcome !== undefined;
  const read = { db, issuer: context.issuer, organizationId, query, limit: limit + 1 };
  const [calls, acts, changes] = await Promise.all([
    query.kind === 'acts' ? [] : readCalls(read),
    onlyCalls ? [] : readActs(read),
    onlyCalls ? [] : readChanges(read),
  ]);
  const all = [...calls, ...acts, ...changes].sort((a, b) => (a.id < b.id ? 1 : -1));
  const entries = all.slice(0, limit);
  return { entries, nextCursor: all.length > limit ? entries.at(-1)?.id : undefined };
}

/** Records that an admin downloads the log. Call it before the first row is sent. */
export async function recordExport(
  admin: Admin,
  detail: string,
  context: Context = processContext(),
): Promise<void> {
  const organizationId = await authorizeAdmin(admin);
  const db = await context.database();
  await recordAct(db, admin, organizationId, { act: 'exported', detail }, context.now());
}
