import 'server-only';
import { headers } from 'next/headers';
import { config } from '#lib/config/env.ts';
import { crossSite } from './same-origin.ts';
import { currentSession, type SessionUser } from './user.ts';

/** Why a mutation was refused before it began. */
export type MutationRefusal = 'cross_site' | 'signed_out' | 'session_unavailable';

/**
 * Authorizes a request that changes a person's data: it must come from one of our own pages
 * ({@link crossSite}) and carry a valid session. Call it first in every Server Action and in every route
 * handler that changes data.
 *
 * @returns the signed-in user, or why the request is refused
 */
export async function authorizeMutation(): Promise<SessionUser | MutationRefusal> {
  if (crossSite(await headers(), config().appUrl)) return 'cross_site';
  const session = await currentSession();
  return session === 'unavailable' ? 'session_unavailable' : (session ?? 'signed_out');
}
