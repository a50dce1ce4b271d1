import { and, desc, eq, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { connections, organizationActs, organizationMembers } from '#lib/db/schema.ts';
import { contains } from '../contains.ts';
import type { Act } from './acts.ts';
import { type AuditRead, inRange, personMatches } from './audit-query.ts';
import { isMember } from './members.ts';

/** An act of an admin. `email`: of the person that it concerns, where it concerns one who is a member now. */
export type AuditAct = {
  kind: 'act';
  id: string;
  at: Date;
  by: string;
  act: Act;
  target: string;
  email: string | undefined;
  detail: string;
};

/** The person who acted, who may be no member any more. */
const actor = alias(organizationMembers, 'actor');
const { actorId, by, target, detail } = organizationActs;
/** The person that an act concerns, where it concerns one. */
const subjectOf = sql<string>`coalesce(${connections.subject}, ${target})`;

/** The acts of the admins of an organization, newest first. */
export async function readActs(read: AuditRead): Promise<AuditAct[]> {
  const { db, issuer, organizationId, query, limit } = read;
  const { person, client } = query;
  const rows = await db
    .select({
      id: organizationActs.id,
      at: organizationActs.at,
      by: sql<string>`replace(${by}, ${actorId}, coalesce(${actor.email}, ${actorId}))`,
      act: organizationActs.act,
      target,
      detail,
      subject: subjectOf,
      email: organizationMembers.email,
    })
    .from(organizationActs)
    .leftJoin(connections, and(eq(connections.id, target), eq(connections.organizationId, organizationId)))
    .leftJoin(organizationMembers, isMember(organizationId, { issuer, subject: subjectOf }))
    .leftJoin(actor, isMember(organizationId, { issuer, subject: actorId }, actor))
    .where(
      and(
        eq(organizationActs.organizationId, organizationId),
        inRange(organizationActs, query),
        person === undefined
          ? undefined
          : or(contains(person, by, actor.email), contains(person, detail), personMatches(read, subjectOf)),
        client === undefined ? undefined : contains(client, target, detail),
      ),
    )
    .orderBy(desc(organizationActs.organizationId), desc(organizationActs.id))
    .limit(limit);
  return rows.map(({ subject, email, detail: text, ...row }) => ({
    ...row,
    kind: 'act',
    email: email ?? undefined,
    detail: email === null ? text : text.replaceAll(subject, email),
  }));
}
