import { and, desc, eq, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { activity, connections, organizationActs, organizationMembers } from '#lib/db/schema.ts';
import { firstUuidAt, isUuid } from '#lib/db/uuid.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Context } from '../context.ts';
import { pageSize } from '../cursor.ts';
import { processContext } from '../process-context.ts';
import { type Act, recordAct } from './acts.ts';
import { type Admin, authorizeAdmin } from './admin.ts';

export type AuditQuery = {
  /** Inclusive, and exclusive. Without them, all that is kept. */
  from?: Date;
  until?: Date;
  kind?: 'calls' | 'acts';
  /** Part of the address or name of a person, or their WorkOS id; of the name, host or id of a client; case-insensitive. */
  person?: string;
  client?: string;
  /** Of calls only, so acts are left out. */
  tool?: string;
  outcome?: 'allowed' | 'denied' | 'failed';
  /** Only entries before this one: the `id` of the last entry of the previous page. */
  before?: string;
  /** Entries in the page, 1 to 1,000. */
  limit?: number;
};

type Common = { id: string; at: Date };

/** A call of a client for a member. Arguments and results are stored nowhere. */
type AuditCall = Common & {
  kind: 'call';
  userId: string | undefined;
  email: string | undefined;
  client: string;
  clientId: string | undefined;
  connectionId: string;
  method: string;
  tool: string | undefined;
  outcome: 'allowed' | 'denied' | 'failed';
  reason: string | undefined;
  durationMs: number;
};

/** An act of an admin. */
type AuditAct = Common & { kind: 'act'; by: string; act: Act; target: string; detail: string };

export type AuditEntry = AuditCall | AuditAct;

/** What is in the log of an organization, newest first. */
export async function auditLog(
  admin: Omit<Admin, 'by'>,
  query: AuditQuery = {},
  context: Context = processContext(),
): Promise<{ entries: AuditEntry[]; nextCursor: string | undefined }> {
  const organizationId = await authorizeAdmin(admin);
  const db = await context.database();
  const limit = pageSize(query.limit, 50);
  if (query.before !== undefined && !isUuid(query.before)) return { entries: [], nextCursor: undefined };
  const onlyCalls = query.kind === 'calls' || query.tool !== undefined || query.outcome !== undefined;
  const [calls, acts] = await Promise.all([
    query.kind === 'acts' ? [] : callsIn(db, context, organizationId, query, limit + 1),
    onlyCalls ? [] : actsIn(db, context, organizationId, query, limit + 1),
  ]);
  const all = [...calls, ...acts].sort((a, b) => (a.id < b.id ? 1 : -1));
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

/** The range of ids, which sort by time: the index of the organization alone is read. */
function rangeOf(
  table: typeof activity | typeof organizationActs,
  organizationId: string,
  { from, until, before }: AuditQuery,
): SQL | undefined {
  return and(
    eq(table.organizationId, organizationId),
    from && gte(table.id, firstUuidAt(from.getTime())),
    until && lt(table.id, firstUuidAt(until.getTime())),
    before === undefined ? undefined : lt(table.id, before),
  );
}

const contains = (text: string) => `%${sanitize(text, 100).replaceAll(/[\\%_]/g, '\\$&')}%`;

function membersLike(db: Database, { issuer }: Context, organizationId: string, person: string) {
  return db
    .select({ subject: organizationMembers.subject })
    .from(organizationMembers)
    .where(
      and(
        eq(organizationMembers.organizationId, organizationId),
        eq(organizationMembers.issuer, issuer),
        sql`concat_ws(' ', ${organizationMembers.email}, ${organizationMembers.name}) ilike ${contains(person)}`,
      ),
    );
}

async function callsIn(
  db: Database,
  context: Context,
  organizationId: string,
  query: AuditQuery,
  limit: number,
): Promise<AuditCall[]> {
  const { person, client, tool, outcome } = query;
  const rows = await db
    .select({
      id: activity.id,
      at: activity.at,
      connectionId: activity.connectionId,
      method: activity.method,
      tool: activity.tool,
      outcome: activity.outcome,
      reason: activity.reason,
      durationMs: activity.durationMs,
      userId: connections.subject,
      clientId: connections.clientId,
      client: sql<string | null>`coalesce(${connections.applicationName}, ${connections.sortName})`,
      email: organizationMembers.email,
    })
    .from(activity)
    .leftJoin(connections, eq(connections.id, activity.connectionId))
    .leftJoin(
      organizationMembers,
      and(
        eq(organizationMembers.organizationId, organizationId),
        eq(organizationMembers.issuer, connections.issuer),
        eq(organizationMembers.subject, connections.subject),
      ),
    )
    .where(
      and(
        rangeOf(activity, organizationId, query),
        tool === undefined ? undefined : eq(activity.tool, sanitize(tool, 100)),
        outcome === undefined ? undefined : eq(activity.outcome, outcome),
        person === undefined
          ? undefined
          : or(
              eq(connections.subject, person),
              inArray(connections.subject, membersLike(db, context, organizationId, person)),
            ),
        client === undefined
          ? undefined
          : sql`concat_ws(' ', ${connections.sortName}, ${connections.clientId}, ${connections.applicationName}, ${connections.appKey})
              ilike ${contains(client)}`,
      ),
    )
    .orderBy(desc(activity.organizationId), desc(activity.id))
    .limit(limit);
  return rows.map(({ userId, email, clientId, client: name, tool: called, reason, ...row }) => ({
    ...row,
    kind: 'call',
    userId: userId ?? undefined,
    email: email ?? undefined,
    client: name ?? '',
    clientId: clientId ?? undefined,
    tool: called ?? undefined,
    reason: reason ?? undefined,
  }));
}

async function actsIn(
  db: Database,
  context: Context,
  organizationId: string,
  query: AuditQuery,
  limit: number,
): Promise<AuditAct[]> {
  const { person, client } = query;
  const rows = await db
    .select({
      id: organizationActs.id,
      at: organizationActs.at,
      by: organizationActs.by,
      act: organizationActs.act,
      target: organizationActs.target,
      detail: organizationActs.detail,
    })
    .from(organizationActs)
    .where(
      and(
        rangeOf(organizationActs, organizationId, query),
        person === undefined
          ? undefined
          : or(
              sql`${organizationActs.by} ilike ${contains(person)}`,
              sql`${organizationActs.detail} ilike ${contains(person)}`,
              eq(organizationActs.target, person),
              inArray(organizationActs.target, membersLike(db, context, organizationId, person)),
            ),
        client === undefined
          ? undefined
          : sql`concat_ws(' ', ${organizationActs.target}, ${organizationActs.detail}) ilike ${contains(client)}`,
      ),
    )
    .orderBy(desc(organizationActs.organizationId), desc(organizationActs.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, kind: 'act' }));
}
