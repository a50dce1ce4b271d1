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

/** Where a sign-in that failed ends, with `?reason=`. */
export const SIGN_IN_FAILED_PATH = '/sign-in-failed';

/**
 * `GET /login?returnTo=…`: sends the browser to AuthKit, or straight back when somebody is signed in.
 *
 * The router's own fetches and prefetches get an empty answer and no cookie; the browser then navigates
 * here properly.
 */
export async function startSignIn(request: NextRequest): Promise<Response> {
  const { headers } = request;
  if (
    headers.has('rsc') ||
    headers.get('sec-purpose')?.includes('prefetch') ||
    headers.get('purpose') === 'prefetch'
  )
    return new Response(null, { status: 204, headers: { 'Cache-Control': 'no-store' } });
  const returnTo = safeReturnTo(request.nextUrl.searchParams.get('returnTo'));
  if (await currentUser()) redirect(returnTo as Route);
  const before = await pendingSignIns();
  const authorizationUrl = await getSignInUrl({ returnTo });
  await settleSignInCookie(config(), before);
  redirect(authorizationUrl as Route);
}

/** `GET /callback`: AuthKit sends people back here with a code (RFC 6749 section 4.1.2) or an error. */
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
      return new Response(null, { status: 303, headers: { Location: location.href } });
    },
  });
  return finish(withPublicOrigin(request, settings));
}
