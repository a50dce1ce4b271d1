import 'server-only';
import { NotAdminError } from '#lib/connections/organization/admin.ts';
import { type AuditEntry, auditLog, recordExport } from '#lib/connections/organization/audit.ts';
import { type Columns, csvText, download, type ExportFormat, jsonText } from '#lib/http/download.ts';
import { userOrRefusal } from '#lib/session/user.ts';
import { auditQuery, logParameters, readLogQuery } from '../search-params.ts';
import { adminOf } from '../session.ts';

const PAGE_SIZE = 1_000;
/** Most entries of one download. Choose a shorter range for the rest. */
const MAX_ENTRIES = 100_000;

/** A column of calls, empty for other entries. */
const ofCall =
  <T>(read: (entry: AuditEntry & { kind: 'call' }) => T) =>
  (entry: AuditEntry) =>
    entry.kind === 'call' ? read(entry) : undefined;

const COLUMNS: Columns<AuditEntry> = {
  at: ({ at }) => at.toISOString(),
  kind: ({ kind }) => kind,
  person: (entry) => (entry.kind === 'act' ? entry.by : (entry.email ?? entry.userId)),
  user_id: (entry) => (entry.kind === 'act' ? undefined : entry.userId),
  client: (entry) => (entry.kind === 'act' ? undefined : entry.client),
  client_id: ofCall(({ clientId }) => clientId),
  event: (entry) => (entry.kind === 'call' ? entry.method : entry.kind === 'act' ? entry.act : entry.event),
  tool: ofCall(({ tool }) => tool),
  outcome: ofCall(({ outcome }) => outcome),
  reason: ofCall(({ reason }) => reason),
  duration_ms: ofCall(({ durationMs }) => durationMs),
  target: (entry) => (entry.kind === 'act' ? (entry.email ?? entry.target) : undefined),
  detail: (entry) => (entry.kind === 'act' ? entry.detail : entry.kind === 'change' ? entry.by : undefined),
};

const refused = (status: number) =>
  new Response(null, { status, headers: { 'cache-control': 'private, no-store' } });

/**
 * `GET /organization/audit/export?format=json|csv`, with the parameters of the page: the log of the organization, newest
 * first. The permission is checked again for each page of entries; a download that loses it ends with an error.
 */
export async function auditDownload(request: Request): Promise<Response> {
  const user = await userOrRefusal();
  if (user instanceof Response) return user;
  const admin = adminOf(user);
  const parameters = Object.fromEntries(new URL(request.url).searchParams);
  const format: ExportFormat = parameters.format === 'csv' ? 'csv' : 'json';
  const query = readLogQuery(parameters, new Date());
  const wanted = auditQuery({ ...query, before: undefined } as typeof query);
  async function* pages(): AsyncGenerator<AuditEntry[]> {
    let before: string | undefined;
    for (let count = 0; count < MAX_ENTRIES; count += PAGE_SIZE) {
      const page = await auditLog(admin, { ...wanted, ...(before && { before }), limit: PAGE_SIZE });
      yield page.entries;
      before = page.nextCursor;
      if (before === undefined) return;
    }
  }
  try {
    await recordExport(admin, `${format}: ${logParameters(query).toString()}`);
  } catch (error) {
    if (error instanceof NotAdminError) return refused(error.code === 'not_admin' ? 404 : 503);
    throw error;
  }
  const text = format === 'csv' ? csvText(COLUMNS, pages()) : jsonText('[', pages(), ']\n');
  return download(text, 'audit-log', format);
}
