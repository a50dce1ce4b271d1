import 'server-only';
import { config } from '#lib/config/env.ts';
import { development } from '#lib/config/mode.ts';
import { currentUser, type SessionUser } from './user.ts';

/**
 * The owner of this server, who may read how it is configured: whoever is signed in to `npm run dev` at a loopback
 * address, because only who sits at this machine gets there. Nobody in production, and nobody where a tunnel makes
 * the development server public: strangers can sign in there as well.
 */
export async function localDeveloper(): Promise<SessionUser | null> {
  return development && config().loopback ? currentUser() : null;
}
