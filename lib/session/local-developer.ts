import 'server-only';
import { config } from '#lib/config/env.ts';
import { development } from '#lib/config/mode.ts';
import { currentUser, type SessionUser } from './user.ts';

/**
 * The signed-in user of `npm run dev` at a loopback address, who may read how this server is configured, because
 * only this machine can reach that address.
 *
 * @returns null in production, and where a tunnel makes the development server public: others can sign in there too
 */
export async function localDeveloper(): Promise<SessionUser | null> {
  return development && config().loopback ? currentUser() : null;
}
