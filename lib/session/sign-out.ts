import 'server-only';
import { getWorkOS, withAuth } from '@workos-inc/authkit-nextjs';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { clearSession } from './cookies.ts';
import { crossSite } from './same-origin.ts';

/**
 * `POST /logout`: ends the session here and at AuthKit, which then sends the browser to the landing page.
 * A request that another site made is refused, so that nobody is signed out by a link or a form elsewhere.
 */
export async function signOut(request: NextRequest): Promise<Response> {
  const { appUrl } = config();
  if (crossSite(request.headers, appUrl))
    return new Response('Sign out from the page itself.\n', {
      status: 403,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    });
  const { sessionId } = await withAuth();
  await clearSession({ appUrl });
  const location = sessionId
    ? getWorkOS().userManagement.getLogoutUrl({ sessionId, returnTo: `${appUrl}/` })
    : `${appUrl}/`;
  return new Response(null, { status: 303, headers: { location: location, 'cache-control': 'no-store' } });
}
