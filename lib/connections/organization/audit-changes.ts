import { and, desc, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import { connections, organizationActs, organizationMembers, revocations } from '#lib/db/schema.ts';
import { BY_ADMIN } from './acts.ts';
import { type AuditRead, auditedClient, clientMatches, inRange, personMatches } from './audit-query.ts';
import { isMember } from './members.ts';
import { ofOrganization } from './scope.ts';

const MEMBER_EVENTS = ['revoked', 'undone', 'limited', 'expired'] as const;

/** A change of a connection by its person, or its end by a limit. `client` is empty for all connections of the person. */
export type AuditChange = {
  kind: 'change';
  id: string;
  at: Date;
  userId: string;
  email: string | undefined;
  by: string;
  event: (typeof MEMBER_EVENTS)[number];
  client: string;
  connectionId: string;
};

/**
 * What members did to their own connections, newest first. A revocation covers a client in every organization, so the log
 * of each has it. Revocations of admins are acts, and those of another organization's admins are left out.
 */
export async function readChanges(read: AuditRead): Promise<AuditChange[]> {
  const { db, issuer, organizationId, query, limit } = read;
  const here = ofOrganization(connections, { issuer }, organizationId);
  const rows = await db
    .select({
      id: revocations.id,
      at: revocations.at,
      by: revocations.by,
      event: sql<AuditChange['event']>`${revocations.event}`,
      connectionId: revocations.connectionId,
      userId: revocations.subject,
      client: auditedClient,
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
    .leftJoin(organizationMembers, isMember(organizationId, revocations))
    .where(
      and(
        eq(revocations.issuer, issuer),
        inRange(revocations, query),
        inArray(revocations.event, [...MEMBER_EVENTS]),
        inArray(
          revocations.subject,
          db.select({ subject: connections.subject }).from(connections).where(here),
        ),
        or(isNotNull(connections.id), eq(revocations.connectionId, '')),
        // A client may have any name, so the name alone does not show that an admin did it.
        sql`(${revocations.by} not like ${`%${BY_ADMIN}`} or not exists (select from ${organizationActs} act
          where act.at = ${revocations.at} and ${revocations.by} = act.by || ${BY_ADMIN}))`,
        personMatches(read, revocations.subject),
        clientMatches(query),
      ),
    )
    .orderBy(desc(revocations.id))
    .limit(limit);
  return rows.map(({ email, ...row }) => ({ ...row, kind: 'change', email: email ?? undefined }));
}
