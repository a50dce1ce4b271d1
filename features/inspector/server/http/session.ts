import { z } from 'zod';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { SessionUser } from '#lib/session/user.ts';
import { clearChunked, readChunked, readCookies, SESSION_COOKIE, writeChunked } from '../sign-in/cookies.ts';
import type { Session } from '../sign-in/flow.ts';
import { seal, unseal } from '../sign-in/sealed.ts';
import type { SessionSummary } from './messages.ts';
import {
  answer,
  type InspectorContext,
  inspectorContext,
  readRequest,
  sealing,
  secureCookies,
} from './request.ts';

/** Seconds that the inspector stays signed in to a server without being used. */
const SESSION_LIFETIME = 8 * 3600;

/** The session that this browser holds for this person; undefined when there is none. */
export async function readSession(
  request: Request,
  user: SessionUser,
  context: InspectorContext,
): Promise<Session | undefined> {
  const sealed = readChunked(readCookies(request), SESSION_COOKIE);
  return sealed === undefined
    ? undefined
    : unseal<Session>(sealed, { ...sealing(context, user), kind: 'session' });
}

/** `Set-Cookie` values that keep a session, or end it; undefined when it is too large to be kept. */
export async function writeSession(
  session: Session | undefined,
  user: SessionUser,
  context: InspectorContext,
): Promise<string[] | undefined> {
  const secure = secureCookies(context);
  if (session === undefined) return clearChunked(SESSION_COOKIE, secure);
  const sealed = await seal(session, {
    ...sealing(context, user),
    kind: 'session',
    lifetime: SESSION_LIFETIME,
  });
  return writeChunked(SESSION_COOKIE, sealed, SESSION_LIFETIME, secure);
}

/** What may be shown of a session. */
export function summarize({ target, client, tokens, requested }: Session): SessionSummary {
  return {
    serverUrl: target.serverUrl,
    resource: target.resource,
    issuer: target.issuer,
    clientId: client.clientId,
    clientKind: client.kind,
    scopes: tokens.scopes ?? requested,
    ...(tokens.expiresAt !== undefined && { expiresAt: tokens.expiresAt }),
    canRefresh: tokens.refreshToken !== undefined,
  };
}

/** The session of a page request as it may be shown; for the first rendering. */
export async function currentSession(
  cookieHeader: string,
  user: SessionUser,
  context: InspectorContext = inspectorContext(),
): Promise<SessionSummary | undefined> {
  const request = new Request(context.config.appUrl, { headers: { cookie: cookieHeader } });
  const session = await readSession(request, user, context);
  return session && summarize(session);
}

/** `POST /inspector/api/sign-out`: forgets the tokens of the server. The grant stays until it is revoked. */
export async function signOutOfServer(
  request: Request,
  person: SessionUser | MutationRefusal,
  context: InspectorContext = inspectorContext(),
): Promise<Response> {
  const read = await readRequest(request, person, z.object({}));
  if (read instanceof Response) return read;
  return answer({}, clearChunked(SESSION_COOKIE, secureCookies(context)));
}
