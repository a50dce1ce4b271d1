import { config } from '#lib/config/env.ts';
import { permissionsOf } from '#lib/workos/permissions.ts';

/** A person who acts for an organization. {@link authorizeAdmin} decides whether they may. */
export type Admin = {
  /** WorkOS id of the person, and of the organization of their session or token. */
  userId: string;
  organizationId: string | undefined;
  /** For the audit log: their e-mail address, or the client that acts for them. */
  by: string;
};

/** The person may not manage this organization, or WorkOS does not say now whether they may. */
export class NotAdminError extends Error {
  readonly code: 'not_admin' | 'unavailable';

  constructor(code: NotAdminError['code']) {
    super(
      code === 'not_admin' ? 'Not an admin of the organization.' : 'The permissions cannot be checked now.',
    );
    this.name = 'NotAdminError';
    this.code = code;
  }
}

/**
 * Whether a person may manage their organization: a role of theirs there has `ORGANIZATION_ADMIN_PERMISSION`. Every function of
 * this folder asks again, so a role that was taken away ends an open page within the 60 seconds of `permissionsOf`.
 *
 * @returns the organization
 * @throws {NotAdminError} also when WorkOS does not answer
 */
export async function authorizeAdmin({ userId, organizationId }: Omit<Admin, 'by'>): Promise<string> {
  if (organizationId === undefined) throw new NotAdminError('not_admin');
  const permissions = await permissionsOf(userId, organizationId);
  if (permissions === 'unavailable') throw new NotAdminError('unavailable');
  if (!permissions.has(config().organizationAdminPermission)) throw new NotAdminError('not_admin');
  return organizationId;
}
