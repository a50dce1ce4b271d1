import { config } from '#lib/config/env.ts';
import { endMembership, endPageSession, forgetPerson } from '#lib/connections/workos-events.ts';
import { type EventHandler, identified, membership } from './event.ts';

/** Forgets deleted people, and ends page sessions and memberships that were ended at WorkOS. */
export const applyToPeople: EventHandler = async ({ event, data, created_at }) => {
  const issuer = config().authkitDomain;
  if (event === 'user.deleted') await forgetPerson({ issuer, subject: identified.parse(data).id });
  else if (/^organization_membership\.(?:deleted|updated)$/.test(event)) {
    const { user_id: subject, organization_id: organizationId, status } = membership.parse(data);
    if (event.endsWith('.updated') && status !== 'inactive') return false;
    await endMembership({ issuer, subject }, organizationId, created_at);
  } else if (event === 'session.revoked') await endPageSession(identified.parse(data).id);
  else return false;
  return true;
};
