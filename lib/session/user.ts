import 'server-only';
import { getWorkOS, withAuth } from '@workos-inc/authkit-nextjs';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Route } from 'next';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { isSessionEnded } from './ended-session.ts';
import { requestedPath } from './requested-path.ts';

/** The user who is signed in to the pages. */
export type SessionUser = {
  /** WorkOS user id, equal to the `sub` of the user's access tokens. */
  id: string;
  email: string;
  firstName: string | undefined;
  lastName: string | undefined;
  organizationId: string | undefined;
  role: string | undefined;
  permissions: readonly string[];
};

const sessionKeys = perProcess('session-jwks', () =>
  createRemoteJWKSet(new URL(getWorkOS().userManagement.getJwksUrl(config().workos.clientId))),
);

/**
 * The signed-in user, or `null`. The session is verified here again, at the point of use: the proxy only passes
 * it on, and a request that the proxy's matcher does not cover could set the session header itself.
 */
export const currentUser = cache(async (): Promise<SessionUser | null> => {
  const session = await withAuth();
  if (!session.user) return null;
  try {
    const { payload } = await jwtVerify(session.accessToken, sessionKeys(), {
      algorithms: ['RS256'],
      requiredClaims: ['sub', 'sid', 'exp'],
    });
    if (payload.sub !== session.user.id) return null;
    if (await isSessionEnded(payload)) return null;
  } catch {
    return null;
  }
  const { user } = session;
  return {
    id: user.id,
    email: user.email,
    firstName: user.firstName ?? undefined,
    lastName: user.lastName ?? undefined,
    organizationId: session.organizationId,
    role: session.role,
    permissions: session.permissions ?? [],
  };
});

/**
 * The signed-in user. Redirects to sign-in, and from there back, when there is none.
 *
 * @param returnTo - path to return to; default the requested page
 */
export async function requireUser(returnTo?: Route): Promise<SessionUser> {
  const user = await currentUser();
  if (user) return user;
  redirect(`/login?returnTo=${encodeURIComponent(returnTo ?? (await requestedPath()) ?? '/')}`);
}
