import 'server-only';
import { getSignInUrl, handleAuth } from '@workos-inc/authkit-nextjs';
import type { Route } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { member } from '#lib/text/json.ts';
import { workos } from '#lib/workos/client.ts';
import {
  completedSignIns,
  forgetSignIn,
  pendingSignIns,
  sealedSession,
  setCompletedSignIns,
  settleSignInCookie,
  storeSession,
} from './cookies.ts';
import { withPublicOrigin } from './public-origin.ts';
import { WORKOS_WAIT_MS } from './refresh.ts';
import { safeReturnTo } from './return-to.ts';
import { authorizationFailure, exchangeFailure, type SignInFailure } from './sign-in-failure.ts';
import { currentSession } from './user.ts';

/** The page shown when sign-in failed, with `?reason=`. */
const SIGN_IN_FAILED_PATH = '/sign-in-failed';
/** Sign-ins in a minute that may end without a session in the browser. One more would be a loop. */
const MAX_COMPLETED = 2;

const NO_STORE = { 'cache-control': 'no-store' } as const;

/**
 * `GET /login?returnTo=…`: redirects to AuthKit, or to `returnTo` when the user is already signed in. Without `returnTo`
 * it always redirects to AuthKit, because AuthKit itself starts sign-ins here (its "Initiate login URI"), and then
 * another person may be signed in there: an impersonated one.
 *
 * Fetches by Next's router and prefetches get an empty response without a cookie; the browser then makes a
 * full navigation.
 */
export async function startSignIn(request: NextRequest): Promise<Response> {
  const { headers } = request;
  if (
    headers.has('rsc') ||
    headers.get('sec-purpose')?.includes('prefetch') ||
    headers.get('purpose') === 'prefetch'
  )
    return new Response(null, { status: 204, headers: NO_STORE });
  const asked = request.nextUrl.searchParams.get('returnTo');
  const returnTo = safeReturnTo(asked);
  const session = await currentSession();
  const signedIn = session !== null && session !== 'unavailable';
  if (asked !== null && signedIn) redirect(returnTo as Route);
  if (!signedIn && (await completedSignIns()) >= MAX_COMPLETED) {
    const arrived = sealedSession(await cookies()) !== undefined;
    return fail({ reason: arrived ? 'session_refused' : 'session_lost' }, returnTo);
  }
  const before = await pendingSignIns();
  const authorizationUrl = await getSignInUrl({ returnTo });
  await settleSignInCookie(config(), before);
  redirect(authorizationUrl as Route);
}

/**
 * `GET /callback`: the authorization response of AuthKit, a code or an error (RFC 6749 section 4.1.2). A code without
 * `state` belongs to a sign-in that AuthKit started, so a new one starts here.
 */
export async function finishSignIn(request: NextRequest): Promise<Response> {
  const settings = config();
  const { searchParams } = request.nextUrl;
  const [error, state] = [searchParams.get('error'), searchParams.get('state')];
  const returnTo = await requestedReturn(state);
  if (error !== null) {
    await forgetSignIn(state, settings);
    return fail(authorizationFailure(error), returnTo);
  }
  if (state === null && searchParams.has('code')) {
    const completed = await completedSignIns();
    if (completed >= MAX_COMPLETED) return fail({ reason: 'missing_auth_params' }, returnTo);
    await setCompletedSignIns(completed + 1, settings);
    return seeOther('/login');
  }
  let failure: SignInFailure | undefined;
  const finish = handleAuth({
    baseURL: settings.appUrl,
    onError: ({ error }) => {
      failure = exchangeFailure(error);
      return new Response(null);
    },
  });
  const response = await withDeadline(finish(withPublicOrigin(request, settings)), WORKOS_WAIT_MS, () => {
    failure = { reason: 'unavailable' };
    return new Response(null);
  });
  if (failure !== undefined) {
    await forgetSignIn(state, settings);
    return fail(failure, returnTo);
  }
  const jar = await cookies();
  if (!storeSession(sealedSession(jar) ?? '', settings, jar, jar)) {
    storeSession('', settings, jar, jar);
    return fail({ reason: 'session_too_large' }, returnTo);
  }
  await setCompletedSignIns((await completedSignIns()) + 1, settings);
  // Next loses the `Max-Age=0` of a cookie that the response deletes when `cookies()` sets others.
  response.headers.delete('set-cookie');
  await forgetSignIn(state, settings);
  return response;
}

/** Where the user wanted to go: authkit-nextjs seals it in `state`, with the password of the session. */
async function requestedReturn(state: string | null): Promise<string> {
  try {
    const { userManagement } = workos();
    const { cookiePassword } = config().workos;
    const sealed = await userManagement.getSessionFromCookie({ sessionData: state ?? '', cookiePassword });
    return safeReturnTo(member(sealed, 'returnPathname'));
  } catch {
    return '/';
  }
}

/** Logs a failed sign-in and explains it on a page, or goes on to where a signed-in user wanted to go. */
async function fail(failure: SignInFailure, returnTo: string): Promise<Response> {
  log('warn', 'sign_in.failed', failure);
  if ((await completedSignIns()) > 0) await setCompletedSignIns(0, config());
  const session = await currentSession();
  if (session !== null && session !== 'unavailable') return seeOther(returnTo);
  const query = new URLSearchParams({ reason: failure.reason, ...(returnTo !== '/' && { returnTo }) });
  return seeOther(`${SIGN_IN_FAILED_PATH}?${query}`);
}

function seeOther(path: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location: new URL(path, config().appUrl).href, ...NO_STORE },
  });
}
