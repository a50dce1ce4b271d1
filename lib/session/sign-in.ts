import 'server-only';
import { CallbackError, getSignInUrl, handleAuth } from '@workos-inc/authkit-nextjs';
import type { Route } from 'next';
import { redirect } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { pendingSignIns, settleSignInCookie } from './cookies.ts';
import { withPublicOrigin } from './public-origin.ts';
import { safeReturnTo } from './return-to.ts';
import { currentUser } from './user.ts';

/** The page shown when sign-in failed, with `?reason=`. */
const SIGN_IN_FAILED_PATH = '/sign-in-failed';

/**
 * `GET /login?returnTo=…`: redirects to AuthKit, or to `returnTo` when the user is already signed in.
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
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
  const returnTo = safeReturnTo(request.nextUrl.searchParams.get('returnTo'));
  if (await currentUser()) redirect(returnTo as Route);
  const before = await pendingSignIns();
  const authorizationUrl = await getSignInUrl({ returnTo });
  await settleSignInCookie(config(), before);
  redirect(authorizationUrl as Route);
}

/** `GET /callback`: the authorization response of AuthKit, a code or an error (RFC 6749 section 4.1.2). */
export async function finishSignIn(request: NextRequest): Promise<Response> {
  const settings = config();
  const finish = handleAuth({
    baseURL: settings.appUrl,
    onError: ({ error }) => {
      const reason = error instanceof CallbackError ? error.code : 'exchange_failed';
      const location = new URL(
        `${SIGN_IN_FAILED_PATH}?reason=${encodeURIComponent(reason)}`,
        settings.appUrl,
      );
      return new Response(null, { status: 303, headers: { location: location.href } });
    },
  });
  return finish(withPublicOrigin(request, settings));
}
