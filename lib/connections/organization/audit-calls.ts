import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import { activity, connections, organizationMembers } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { type AuditRead, auditedClient, clientMatches, inRange, personMatches } from './audit-query.ts';
import { isMember } from './members.ts';
import { ofOrganization } from './scope.ts';

/** A call of a client for a member. Arguments and results are stored nowhere. */
export type AuditCall = {
  kind: 'call';
  id: string;
  at: Date;
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

const OUTCOMES = ['allowed', 'denied', 'failed'] as const;
/** Of more connections than this, calls are found sooner among those of the organization. */
const MAX_CONNECTIONS = 100;

/** The calls in an organization, newest first. */
export async function readCalls(read: AuditRead): Promise<AuditCall[]> {
  const { db, organizationId, query, limit } = read;
  const { tool, outcome } = query;
  const found = await connectionsOf(read);
  if (found?.length === 0) return [];
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
      client: auditedClient,
      email: organizationMembers.email,
    })
    .from(activity)
    .leftJoin(connections, eq(connections.id, activity.connectionId))
    .leftJoin(organizationMembers, isMember(organizationId, connections))
    .where(
      and(
        eq(activity.organizationId, organizationId),
        inRange(activity, query),
        tool === undefined ? undefined : eq(activity.tool, sanitize(tool, 100)),
        outcome === undefined ? undefined : eq(activity.outcome, outcome),
        found === undefined || found.length > MAX_CONNECTIONS
          ? and(personMatches(read, connections.subject), clientMatches(query))
          : newestOf(read, found),
      ),
    )
    .orderBy(desc(activity.organizationId), desc(activity.id))
    .limit(limit);
  return rows.map(({ userId, email, clientId, tool: called, reason, ...row }) => ({
    ...row,
    kind: 'call',
    userId: userId ?? undefined,
    email: email ?? undefined,
    clientId: clientId ?? undefined,
    tool: called ?? undefined,
    reason: reason ?? undefined,
  }));
}

/** The ids of the connections that a query means, one more than {@link MAX_CONNECTIONS} at most; undefined for all of them. */
async function connectionsOf(read: AuditRead): Promise<string[] | undefined> {
  const { db, organizationId, query } = read;
  const which = and(personMatches(read, connections.subject), clientMatches(query));
  if (which === undefined) return undefined;
  const found = await db
    .select({ id: connections.id })
    .from(connections)
    .where(and(ofOrganization(connections, read, organizationId), which))
    .limit(MAX_CONNECTIONS + 1);
  return found.map(({ id }) => id);
}

/** Restricts calls to the newest ones of a few connections, each read in the order of an index. */
function newestOf({ query, limit }: AuditRead, ids: readonly string[]): SQL {
  const { tool, outcome } = query;
  const outcomes = outcome === undefined ? OUTCOMES : [outcome];
  return sql`${activity.id} in (
    select newest.id from unnest(${sql.param(ids)}::text[]) as of_connection(id), unnest(${sql.param(outcomes)}::text[]) as with_outcome(value),
      lateral (select ${activity.id} from ${activity}
        where ${activity.connectionId} = of_connection.id and ${activity.outcome} = with_outcome.value and ${inRange(activity, query) ?? sql`true`}
          and ${tool === undefined ? sql`true` : eq(activity.tool, sanitize(tool, 100))}
        order by ${activity.id} desc limit ${limit}) as newest
    order by newest.id desc limit ${limit})`;
}
