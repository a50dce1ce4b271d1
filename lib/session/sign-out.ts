import 'server-only';
import { getWorkOS, withAuth } from '@workos-inc/authkit-nextjs';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { clearSession } from './cookies.ts';
import { crossSite } from './same-origin.ts';

/**
 * `POST /logout`: ends the session here and at AuthKit, which then redirects to the landing page. A cross-site request
 * is refused, so that no link or form of another site signs a user out.
 *
 * A route handler and not a Server Action: sign-out must work from a page of an earlier deployment, whose action ids
 * no longer exist, and must not wait while another action of the page runs.
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
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
