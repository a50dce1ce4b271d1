import 'server-only';
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { LRUCache } from 'lru-cache';
import { config } from '#lib/config/env.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { workos } from '#lib/workos/client.ts';
import { workosErrorCode, workosStatus } from '#lib/workos/errors.ts';

/** Header of authkit-nextjs in which the proxy passes the sealed session on. The proxy removes what a client sent. */
export const SESSION_HEADER = 'x-workos-session';
/** Header that the proxy sets when WorkOS cannot be reached to refresh the session. */
export const UNAVAILABLE_HEADER = 'x-session-unavailable';

/** How long a page waits for WorkOS. */
export const WORKOS_WAIT_MS = 3_000;
/** A token is refreshed this long before it expires, so that it lasts for the request. */
const EXPIRING_SECONDS = 30;
/** How long the result of a refresh is shared with requests that still carry the old cookie. */
const SHARED_MS = 60_000;
/** How long after a failed attempt WorkOS is not asked again for this session. */
const RETRY_AFTER_MS = 5_000;
/** An ended session is deleted this long after it was found: until then another instance may have refreshed it. */
const DELETE_AFTER_MS = 10_000;

/**
 * The session of a request. `ended`: WorkOS refused the refresh token. `unavailable`: the access token has expired and
 * WorkOS gave no usable answer, so the state is unknown.
 */
export type PageSession =
  | { state: 'signed_out' }
  | { state: 'signed_in'; sealed: string; renewed: boolean }
  | { state: 'ended'; remove: boolean }
  | { state: 'unavailable' };

/** Content of a sealed session; undefined when it is not one of this deployment. */
export async function unsealSession(sealed: string | null | undefined) {
  if (!sealed) return undefined;
  try {
    const { userManagement } = workos();
    const { cookiePassword } = config().workos;
    const data = await userManagement.getSessionFromCookie({ sessionData: sealed, cookiePassword });
    if (!data?.accessToken || !data.refreshToken || !data.user) return undefined;
    return { ...data, claims: decodeJwt(data.accessToken) };
  } catch {
    return undefined;
  }
}

/**
 * The session of a request, refreshed when its access token is about to expire.
 *
 * A refresh token may be usable only once, and a browser sends several requests with it at the same time: these share one
 * refresh, whose result also serves the requests that arrive later with the old cookie. Waits at most
 * {@link WORKOS_WAIT_MS}; the refresh itself goes on, so that its result is not lost.
 */
export async function pageSession(sealed: string | undefined): Promise<PageSession> {
  const session = await unsealSession(sealed);
  if (sealed === undefined || session === undefined) return { state: 'signed_out' };
  const secondsLeft = (session.claims.exp ?? 0) - Date.now() / 1000;
  if (secondsLeft > EXPIRING_SECONDS) return { state: 'signed_in', sealed, renewed: false };
  const refreshed = await sharedRefresh(sealed, session.refreshToken);
  if (refreshed.state === 'signed_in' || secondsLeft <= 0) return refreshed;
  return { state: 'signed_in', sealed, renewed: false };
}

/** `retryAt`: milliseconds since the epoch, set by a refresh that failed. */
type Refresh = { startedAt: number; result: Promise<PageSession>; retryAt?: number };

const refreshes = perProcess(
  'session-refreshes',
  () => new LRUCache<string, Refresh>({ max: 5_000, ttl: SHARED_MS }),
);

async function sharedRefresh(sealed: string, refreshToken: string): Promise<PageSession> {
  const key = createHash('sha256').update(refreshToken).digest('base64url');
  let shared = refreshes().get(key);
  if (shared === undefined || Date.now() > (shared.retryAt ?? Number.POSITIVE_INFINITY)) {
    shared = startRefresh(sealed);
    refreshes().set(key, shared);
  }
  const age = Date.now() - shared.startedAt;
  const wait = Math.max(WORKOS_WAIT_MS - age, 0);
  const result = await withDeadline(shared.result, wait, () => ({ state: 'unavailable' }) as const);
  return result.state === 'ended' ? { ...result, remove: age > DELETE_AFTER_MS } : result;
}

function startRefresh(sealed: string): Refresh {
  const started: Refresh = { startedAt: Date.now(), result: refresh(sealed) };
  void started.result.then(({ state }) => {
    if (state === 'unavailable') started.retryAt = Date.now() + RETRY_AFTER_MS;
  });
  return started;
}

/** Never throws. WorkOS ends a session with `invalid_grant` and its siblings only; everything else is a failure. */
async function refresh(sealed: string): Promise<PageSession> {
  const unavailable = (error: unknown): PageSession => {
    log('warn', 'session.refresh_failed', { status: workosStatus(error), code: workosErrorCode(error) });
    return { state: 'unavailable' };
  };
  try {
    const { cookiePassword } = config().workos;
    const session = workos().userManagement.loadSealedSession({ sessionData: sealed, cookiePassword });
    const refreshed = await session.refresh();
    if (refreshed.authenticated && refreshed.sealedSession)
      return { state: 'signed_in', sealed: refreshed.sealedSession, renewed: true };
    if (refreshed.authenticated || refreshed.retryable)
      return unavailable(refreshed.authenticated ? undefined : refreshed.error);
    return { state: 'ended', remove: false };
  } catch (error) {
    return unavailable(error);
  }
}
