import type { SessionSummary } from '../messages.ts';
import { tokenView } from '../token-view.ts';
import type { InspectorContext } from './context.ts';
import {
  deleteSealedCookie,
  readSealedCookie,
  sessionCookie,
  sessionCookies,
  writeSealedCookie,
} from './sealed-cookies.ts';
import type { Session } from './sign-in/flow.ts';

/** The session at a server that this browser holds for this user; undefined when there is none. */
export async function readSession(
  context: InspectorContext,
  serverUrl: string,
): Promise<Session | undefined> {
  const session = await readSealedCookie<Session>(context, sessionCookie(serverUrl));
  return session?.target.serverUrl === serverUrl ? session : undefined;
}

/**
 * Keeps a session in the browser.
 *
 * @returns false, with the session ended, when it is too large
 */
export async function writeSession(context: InspectorContext, session: Session): Promise<boolean> {
  const written = await writeSealedCookie(context, sessionCookie(session.target.serverUrl), session);
  if (!written) endSession(context, session.target.serverUrl);
  return written;
}

/** Deletes the tokens of a session. The grant at the authorization server remains until it is revoked. */
export const endSession = (context: InspectorContext, serverUrl: string) =>
  deleteSealedCookie(context, sessionCookie(serverUrl));

/** The part of a session that the page may show. */
export function summarize({ target, client, tokens, requested }: Session): SessionSummary {
  return {
    serverUrl: target.serverUrl,
    resource: target.resource,
    issuer: target.issuer,
    clientId: client.clientId,
    clientKind: client.kind,
    scopes: tokens.scopes ?? requested,
    expiresAt: tokens.expiresAt,
    canRefresh: tokens.refreshToken !== undefined,
    token: tokenView(tokens.accessToken),
  };
}

/** The summaries of all sessions of this browser, for the first rendering of the page. */
export async function currentSessions(context: InspectorContext): Promise<SessionSummary[]> {
  const sessions = await Promise.all(
    sessionCookies(context).map((cookie) => readSealedCookie<Session>(context, cookie)),
  );
  return sessions.flatMap((session) => (session ? [summarize(session)] : []));
}
