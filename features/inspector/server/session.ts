import type { SessionSummary } from '../messages.ts';
import type { InspectorContext } from './context.ts';
import { deleteSealedCookie, readSealedCookie, SESSION_COOKIE, writeSealedCookie } from './sealed-cookies.ts';
import type { Session } from './sign-in/flow.ts';

/** The session that this browser holds for this user; undefined when there is none. */
export const readSession = (context: InspectorContext) => readSealedCookie<Session>(context, SESSION_COOKIE);

/**
 * Keeps a session in the browser.
 *
 * @returns false, with the session ended, when it is too large
 */
export async function writeSession(context: InspectorContext, session: Session): Promise<boolean> {
  const written = await writeSealedCookie(context, SESSION_COOKIE, session);
  if (!written) endSession(context);
  return written;
}

/** Deletes the tokens of the session. The grant at the authorization server remains until it is revoked. */
export const endSession = (context: InspectorContext) => deleteSealedCookie(context, SESSION_COOKIE);

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
  };
}

/** The summary of the current session, for the first rendering of the page. */
export async function currentSession(context: InspectorContext): Promise<SessionSummary | undefined> {
  const session = await readSession(context);
  return session && summarize(session);
}
