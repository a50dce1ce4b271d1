import 'server-only';
import { errors, jwtVerify } from 'jose';
import type { Route } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { config } from '#lib/config/env.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { remoteKeys } from '#lib/oauth/jwks.ts';
import { AccessTokenRejectedError, rejectionLogFields } from '#lib/oauth/rejection.ts';
import { log } from '#lib/observability/log.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { workos } from '#lib/workos/client.ts';
import { isSessionEnded } from './ended-session.ts';
import { SESSION_HEADER, UNAVAILABLE_HEADER, unsealSession } from './refresh.ts';
import { requestedPath } from './requested-path.ts';

/** Whether the user is signed in cannot be checked now: WorkOS, its signing keys or the database cannot be reached. */
class SessionUnavailableError extends Error {
  readonly code = 'session_unavailable';
  /** Next passes the digest of an error on to the error page, and nothing else of it. */
  readonly digest = 'session-unavailable';

  constructor() {
    super('The session cannot be checked now.');
    this.name = 'SessionUnavailableError';
  }
}

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
  /** Email address of the WorkOS administrator who acts as this user; absent when the user is here in person. */
  impersonator?: string | undefined;
};

/** First and last name; empty when WorkOS has neither. */
export function fullName({ firstName, lastName }: Partial<SessionUser>): string {
  return [firstName, lastName].filter(Boolean).join(' ');
}

/** Who acts in a session, for a record that people read. */
export function actor({ email, impersonator }: SessionUser): string {
  return impersonator === undefined ? email : `${impersonator} (impersonating ${email})`;
}

const sessionKeys = perProcess('session-keys', () =>
  remoteKeys(workos().userManagement.getJwksUrl(config().workos.clientId)),
);

/**
 * The signed-in user, `null`, or `unavailable` when the session cannot be checked. The session is
 * verified here again, at the point of use: the proxy only passes it on, and a request that the proxy's matcher does not
 * cover could set the session header itself.
 */
export const currentSession = cache(async (): Promise<SessionUser | 'unavailable' | null> => {
  const request = await headers();
  if (request.has(UNAVAILABLE_HEADER)) return 'unavailable';
  const session = await unsealSession(request.get(SESSION_HEADER));
  if (session === undefined) return null;
  const { user, impersonator } = session;
  try {
    const { payload } = await jwtVerify(session.accessToken, sessionKeys().lookup, {
      algorithms: ['RS256'],
      requiredClaims: ['sub', 'sid', 'exp'],
    });
    if (payload.sub !== user.id) return null;
    if (await isSessionEnded(payload)) return null;
    return {
      id: user.id,
      email: user.email,
      firstName: user.firstName ?? undefined,
      lastName: user.lastName ?? undefined,
      organizationId: text(payload.org_id),
      role: text(payload.role),
      permissions: Array.isArray(payload.permissions) ? payload.permissions.filter(isText) : [],
      impersonator: impersonator?.email,
    };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    if (error instanceof AccessTokenRejectedError)
      log('error', 'session.keys_unavailable', rejectionLogFields(error.rejection));
    else log('error', 'session.check_failed', { code: databaseErrorCode(error) });
    return 'unavailable';
  }
});

const isText = (value: unknown) => typeof value === 'string';

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/**
 * The signed-in user, or `null`.
 *
 * @throws {SessionUnavailableError}
 */
export async function currentUser(): Promise<SessionUser | null> {
  const session = await currentSession();
  if (session === 'unavailable') throw new SessionUnavailableError();
  return session;
}

/**
 * The signed-in user. Redirects to sign-in, and from there back, when there is none.
 *
 * @param returnTo - path to return to; default the requested page
 * @throws {SessionUnavailableError}
 */
export async function requireUser(returnTo?: Route): Promise<SessionUser> {
  const user = await currentUser();
  if (user) return user;
  redirect(`/login?returnTo=${encodeURIComponent(returnTo ?? (await requestedPath()) ?? '/')}`);
}

/** For a route handler: the signed-in user, or the response without one: 401, or 503 while the session cannot be checked. */
export async function userOrRefusal(): Promise<SessionUser | Response> {
  return (await userOrUnavailable()) ?? refusal(401, 'You are not signed in.\n');
}

/** For a route handler that also serves a person who is signed out: `null` then, and else as {@link userOrRefusal}. */
export async function userOrUnavailable(): Promise<SessionUser | Response | null> {
  const session = await currentSession();
  if (session !== 'unavailable') return session;
  return refusal(
    503,
    'Your session cannot be checked now. You are not signed out. Reload this page later.\n',
  );
}

const refusal = (status: number, text: string) =>
  new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private, no-store' },
  });
