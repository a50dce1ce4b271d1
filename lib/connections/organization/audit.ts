import { and, desc, eq, gte, inArray, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import { activity, connections, organizationActs, organizationMembers, revocations } from '#lib/db/schema.ts';
import { firstUuidAt, isUuid } from '#lib/db/uuid.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Context } from '../context.ts';
import { pageSize } from '../cursor.ts';
import { processContext } from '../process-context.ts';
import { type Act, BY_ADMIN, recordAct } from './acts.ts';
import { type Admin, authorizeAdmin } from './admin.ts';
import { refreshOrganization } from './refresh.ts';

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

/** An act of an admin. `email`: of the person that it concerns, where it concerns one who is a member now. */
type AuditAct = Common & {
  kind: 'act';
  by: string;
  act: Act;
  target: string;
  email: string | undefined;
  detail: string;
};

const MEMBER_EVENTS = ['revoked', 'undone', 'limited', 'expired'] as const;
/** A change of a connection by its person, or its end by a limit. `client` is empty for all connections of the person. */
type AuditChange = Common & {
  kind: 'change';
  userId: string;
  email: string | undefined;
  by: string;
  event: (typeof MEMBER_EVENTS)[number];
  client: string;
  connectionId: string;
};

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
  const [calls, acts, changes] = await Promise.all([
    query.kind === 'acts' ? [] : callsIn(db, context, organizationId, query, limit + 1),
    onlyCalls ? [] : actsIn(db, context, organizationId, query, limit + 1),
    onlyCalls ? [] : changesIn(db, context, organizationId, query, limit + 1),
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

/** The range of ids, which sort by time. */
function rangeOf(
  table: typeof activity | typeof organizationActs | typeof revocations,
  { from, until, before }: AuditQuery,
): SQL | undefined {
  return and(
    from && gte(table.id, firstUuidAt(from.getTime())),
    until && lt(table.id, firstUuidAt(until.getTime())),
    before === undefined ? undefined : lt(table.id, before),
  );
}

/** The person who acted, who may be no member any more. */
const actor = alias(organizationMembers, 'actor');

const contains = (text: string) => `%${sanitize(text, 100).replaceAll(/[\\%_]/g, '\\$&')}%`;

function membersLike(
  db: Database,
  { issuer }: Pick<Context, 'issuer'>,
  organizationId: string,
  person: string,
) {
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
        eq(activity.organizationId, organizationId),
        rangeOf(activity, query),
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
      by: sql<string>`replace(${organizationActs.by}, ${organizationActs.actorId}, coalesce(${actor.email}, ${organizationActs.actorId}))`,
      act: organizationActs.act,
      target: organizationActs.target,
      detail: organizationActs.detail,
      subject: sql<string>`coalesce(${connections.subject}, ${organizationActs.target})`,
      email: organizationMembers.email,
    })
    .from(organizationActs)
    .leftJoin(
      connections,
      and(eq(connections.id, organizationActs.target), eq(connections.organizationId, organizationId)),
    )
    .leftJoin(
      organizationMembers,
      and(
        eq(organizationMembers.organizationId, organizationId),
        eq(organizationMembers.issuer, context.issuer),
        sql`${organizationMembers.subject} = coalesce(${connections.subject}, ${organizationActs.target})`,
      ),
    )
    .leftJoin(
      actor,
      and(
        eq(actor.organizationId, organizationId),
        eq(actor.issuer, context.issuer),
        eq(actor.subject, organizationActs.actorId),
      ),
    )
    .where(
      and(
        eq(organizationActs.organizationId, organizationId),
        rangeOf(organizationActs, query),
        person === undefined
          ? undefined
          : or(
              sql`concat_ws(' ', ${organizationActs.by}, ${actor.email}) ilike ${contains(person)}`,
              sql`${organizationActs.detail} ilike ${contains(person)}`,
              eq(organizationActs.target, person),
              sql`coalesce(${connections.subject}, ${organizationActs.target}) in (${membersLike(db, context, organizationId, person)})`,
            ),
        client === undefined
          ? undefined
          : sql`concat_ws(' ', ${organizationActs.target}, ${organizationActs.detail}) ilike ${contains(client)}`,
      ),
    )
    .orderBy(desc(organizationActs.organizationId), desc(organizationActs.id))
    .limit(limit);
  return rows.map(({ subject, email, detail, ...row }) => ({
    ...row,
    kind: 'act',
    email: email ?? undefined,
    detail: email === null ? detail : detail.replaceAll(subject, email),
  }));
}

/**
 * What members did to their own connections. A revocation covers a client in every organization, so the log of each has it;
 * revocations of admins are acts, and those of another organization's admins are none of this one's business.
 */
async function changesIn(
  db: Database,
  { issuer }: Context,
  organizationId: string,
  query: AuditQuery,
  limit: number,
): Promise<AuditChange[]> {
  const { person, client } = query;
  const here = and(eq(connections.issuer, issuer), eq(connections.organizationId, organizationId));
  const stored = await db
    .select({
      id: revocations.id,
      at: revocations.at,
      by: revocations.by,
      event: sql<AuditChange['event']>`${revocations.event}`,
      connectionId: revocations.connectionId,
      userId: revocations.subject,
      client: sql<string>`coalesce(${connections.applicationName}, ${connections.sortName}, '')`,
      email: organizationMembers.email,
    })
    .from(revocations)
    .leftJoin(
      connections,
      and(
        here,
        eq(connections.subject, revocations.subject),
        sql`${revocations.connectionId} in (${connections.id}, ${connections.clientKey})`,
      ),
    )
    .leftJoin(
      organizationMembers,
      and(
        eq(organizationMembers.organizationId, organizationId),
        eq(organizationMembers.issuer, issuer),
        eq(organizationMembers.subject, revocations.subject),
      ),
    )
    .where(
      and(
        eq(revocations.issuer, issuer),
        rangeOf(revocations, query),
        inArray(revocations.event, [...MEMBER_EVENTS]),
        inArray(
          revocations.subject,
          db.select({ subject: connections.subject }).from(connections).where(here),
        ),
        or(isNotNull(connections.id), eq(revocations.connectionId, '')),
        // A client may have any name, so the name alone does not show that an admin did it.
        sql`(${revocations.by} not like ${`%${BY_ADMIN}`} or not exists (select from ${organizationActs} act
          where act.at = ${revocations.at} and ${revocations.by} = act.by || ${BY_ADMIN}))`,
        person === undefined
          ? undefined
          : or(
              eq(revocations.subject, person),
              inArray(revocations.subject, membersLike(db, { issuer }, organizationId, person)),
            ),
        client === undefined
          ? undefined
          : sql`concat_ws(' ', ${connections.sortName}, ${connections.clientId}, ${connections.applicationName}, ${connections.appKey})
              ilike ${contains(client)}`,
      ),
    )
    .orderBy(desc(revocations.id))
    .limit(limit);
  return stored.map(({ email, ...row }) => ({ ...row, kind: 'change', email: email ?? undefined }));
}
