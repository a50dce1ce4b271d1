import { and, eq, inArray, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import { organizationMembers } from '#lib/db/schema.ts';
import { contains } from '../contains.ts';
import type { Context } from '../context.ts';
import { ofOrganization } from './scope.ts';

/** A person as pages show them. `isMember`: WorkOS lists them in the organization. */
export type MemberName = { userId: string; email: string | undefined; name: string; isMember: boolean };

type Listed = { email: string; name: string };
type MemberColumns = Record<'organizationId' | 'issuer' | 'subject', PgColumn>;

/**
 * The condition to join the member of an organization who is this person, if there is one.
 *
 * @param person - their issuer and WorkOS id, as columns or values
 * @param members - the table of members, or an alias of it
 */
export function isMember(
  organizationId: string | SQLWrapper,
  person: { issuer: string | SQLWrapper; subject: SQLWrapper },
  members: MemberColumns = organizationMembers,
): SQL | undefined {
  return and(
    eq(members.organizationId, organizationId),
    eq(members.issuer, person.issuer),
    eq(members.subject, person.subject),
  );
}

export function memberName(userId: string, listed: Listed | undefined): MemberName {
  return { userId, email: listed?.email, name: listed?.name ?? '', isMember: listed !== undefined };
}

/** Whether a column has the WorkOS id of a member whose name or address contains a text. */
export function membersLike(
  db: Database,
  context: Pick<Context, 'issuer'>,
  organizationId: string,
  column: SQLWrapper,
  text: string,
): SQL {
  const { subject, email, name } = organizationMembers;
  const like = and(ofOrganization(organizationMembers, context, organizationId), contains(text, email, name));
  return inArray(column, db.select({ subject }).from(organizationMembers).where(like));
}

/** The names of those of some people who are members, by WorkOS id. */
export async function listedNames(
  db: Database,
  context: Context,
  organizationId: string,
  userIds: string[],
): Promise<Map<string, Listed>> {
  const found = await db
    .select()
    .from(organizationMembers)
    .where(
      and(
        ofOrganization(organizationMembers, context, organizationId),
        inArray(organizationMembers.subject, userIds),
      ),
    );
  return new Map(found.map(({ subject, email, name }) => [subject, { email, name }]));
}
