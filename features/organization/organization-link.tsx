import { NavLink } from '#components/layout/nav-link.tsx';
import { config } from '#lib/config/env.ts';
import { currentSession } from '#lib/session/user.ts';

/**
 * The link to the organization in the navigation, for people whose session names the permission. The pages ask WorkOS, so this decides
 * what is shown and nothing else.
 */
export async function OrganizationLink() {
  const session = await currentSession();
  if (session === null || session === 'unavailable' || session.organizationId === undefined) return null;
  if (!session.permissions.includes(config().organizationAdminPermission)) return null;
  return <NavLink href="/organization">Organization</NavLink>;
}
