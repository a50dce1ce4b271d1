import 'server-only';
import { headers } from 'next/headers';
import { config } from '#lib/config/env.ts';
import { crossSite } from './same-origin.ts';
import { currentUser, type SessionUser } from './user.ts';

/** Why something that changes data was refused before it began. */
export type MutationRefusal = 'cross_site' | 'signed_out';

/**
 * The gate of everything that changes a person's data: the request must come from one of our own pages
 * ({@link crossSite}) and somebody must be signed in. Call it first in every Server Action and every route
 * that changes something.
 */
export async function userForMutation(): Promise<SessionUser | MutationRefusal> {
  if (crossSite(await headers(), config().appUrl)) return 'cross_site';
  return (await currentUser()) ?? 'signed_out';
}
