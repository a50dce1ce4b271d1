import { config } from '#lib/config/env.ts';
import { endPageSession, forgetPerson } from '#lib/connections/workos-events.ts';
import { type EventHandler, identified } from './event.ts';

/** Forgets deleted people, and ends page sessions that were ended at WorkOS. */
export const applyToPeople: EventHandler = async ({ event, data }) => {
  if (event === 'user.deleted')
    await forgetPerson({ issuer: config().authkitDomain, subject: identified.parse(data).id });
  else if (event === 'session.revoked') await endPageSession(identified.parse(data).id);
  else return false;
  return true;
};
