import type { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import { sanitize } from '#lib/text/sanitize.ts';
import { workos } from './client.ts';
import { WorkosUnavailableError, workosStatus } from './errors.ts';
import { type Grant, grant, listAll } from './grants.ts';

/** A member of an organization at WorkOS. Their name and address are sanitized. */
export type Member = { userId: string; email: string; name: string };

const memberGrant = z
  .looseObject({ user_id: z.string() })
  .transform((row, issues): Grant & { userId: string } => {
    const parsed = grant.safeParse(row);
    if (parsed.success) return { ...parsed.data, userId: row.user_id };
    issues.addIssue('not a grant');
    return z.NEVER;
  });

/**
 * The grants of all members of an organization, for that organization.
 *
 * @throws {WorkosUnavailableError}
 */
export async function listOrganizationGrants(
  organizationId: string,
  client: WorkOS = workos(),
): Promise<{ items: (Grant & { userId: string })[]; complete: boolean }> {
  const target = `/organizations/${encodeURIComponent(organizationId)}/authorized_applications`;
  return await listAll('grants', target, memberGrant, client);
}

const member = z
  .object({
    id: z.string(),
    email: z.string(),
    first_name: z.string().nullish(),
    last_name: z.string().nullish(),
  })
  .transform(
    ({ id, email, first_name, last_name }): Member => ({
      userId: id,
      email: sanitize(email),
      name: sanitize([first_name, last_name].filter(Boolean).join(' ')),
    }),
  );

/**
 * The members of an organization.
 *
 * @throws {WorkosUnavailableError}
 */
export async function listMembers(
  organizationId: string,
  client: WorkOS = workos(),
): Promise<{ items: Member[]; complete: boolean }> {
  return await listAll('members', '/user_management/users', member, client, {
    organization_id: organizationId,
  });
}

/**
 * Whether a person belongs to no organization but this one, now.
 *
 * @throws {WorkosUnavailableError}
 */
export async function soleOrganization(
  userId: string,
  organizationId: string,
  client: WorkOS = workos(),
): Promise<boolean> {
  try {
    const list = await client.userManagement.listOrganizationMemberships({
      userId,
      statuses: ['active', 'inactive', 'pending'],
    });
    const { after } = list.listMetadata;
    return !after && list.data.every((membership) => membership.organizationId === organizationId);
  } catch (error) {
    throw new WorkosUnavailableError('list the memberships', workosStatus(error));
  }
}
