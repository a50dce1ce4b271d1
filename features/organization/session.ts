import 'server-only';
import { notFound } from 'next/navigation';
import { type Admin, NotAdminError } from '#lib/connections/organization/admin.ts';
import { actor, requireUser, type SessionUser } from '#lib/session/user.ts';

/** The signed-in person as an admin of the organization of their session. Whether they are one is decided where it matters. */
export function adminOf(user: SessionUser): Admin {
  return { userId: user.id, organizationId: user.organizationId, by: actor(user) };
}

/**
 * Reads what a page of the organization shows. Without the permission the page does not exist.
 *
 * @returns `unavailable` while WorkOS does not say whether the person has the permission
 */
export async function readAsAdmin<T>(
  read: (admin: Admin & { organizationId: string }) => Promise<T>,
): Promise<T | 'unavailable'> {
  const { organizationId, ...admin } = adminOf(await requireUser());
  if (organizationId === undefined) notFound();
  try {
    return await read({ ...admin, organizationId });
  } catch (error) {
    if (!(error instanceof NotAdminError)) throw error;
    if (error.code === 'unavailable') return 'unavailable';
    notFound();
  }
}
