import 'server-only';
import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { workos } from '#lib/workos/client.ts';
import { clearSession, sealedSession } from './cookies.ts';
import { unsealSession } from './refresh.ts';
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
  const session = await unsealSession(sealedSession(await cookies()));
  await clearSession({ appUrl });
  const sessionId = session?.claims.sid;
  const location =
    typeof sessionId === 'string'
      ? workos().userManagement.getLogoutUrl({ sessionId, returnTo: `${appUrl}/` })
      : `${appUrl}/`;
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
