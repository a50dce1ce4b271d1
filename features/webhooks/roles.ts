import { forgetPermissions } from '#lib/workos/permissions.ts';
import { type EventHandler, membership } from './event.ts';

/** Events that change which permissions a role gives. */
const OF_ROLES = /^(?:role|organization_role|permission)\./;

/** Forgets on this instance which permissions a member has. Others ask WorkOS again within a minute. */
export const applyToRoles: EventHandler = ({ event, data }) => {
  if (event.startsWith('organization_membership.')) {
    const { user_id: userId, organization_id: organizationId } = membership.parse(data);
    forgetPermissions({ userId, organizationId });
  } else if (OF_ROLES.test(event)) forgetPermissions();
  else return false;
  return true;
};
