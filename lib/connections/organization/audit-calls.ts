import { and, desc, eq } from 'drizzle-orm';
import { activity, connections, organizationMembers } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { type AuditRead, auditedClient, clientMatches, inRange, personMatches } from './audit-query.ts';
import { isMember } from './members.ts';

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

/** The calls in an organization, newest first. */
export async function readCalls(read: AuditRead): Promise<AuditCall[]> {
  const { db, organizationId, query, limit } = read;
  const { tool, outcome } = query;
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
        personMatches(read, connections.subject),
        clientMatches(query),
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
