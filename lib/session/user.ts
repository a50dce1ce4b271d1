import 'server-only';
import { getWorkOS, withAuth } from '@workos-inc/authkit-nextjs';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { requestedPath } from './requested-path.ts';

/** The person signed in to the pages. */
export type SessionUser = {
  /** WorkOS user id, the `sub` of their access tokens too. */
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
 * Who is signed in, or `null`. The session is verified here again, where it is used: the proxy only hands it
 * on, and a request that got past the proxy's matcher could bring a session header of its own.
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
 * Who is signed in; redirects to sign-in, and from there back, when nobody is.
 *
 * @param returnTo - path to come back to; the page that was asked for when left out
 */
export async function requireUser(returnTo?: string): Promise<SessionUser> {
  const user = await currentUser();
  if (user) return user;
  redirect(`/login?returnTo=${encodeURIComponent(returnTo ?? (await requestedPath()) ?? '/')}`);
}
