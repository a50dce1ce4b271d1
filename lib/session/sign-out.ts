import 'server-only';
import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { workos } from '#lib/workos/client.ts';
import { clearSession, sealedSession } from './cookies.ts';
import { unsealSession } from './refresh.ts';
import { crossSite } from './same-origin.ts';

/**
 * `POST /logout`: ends the session here, and answers with a page that goes on to AuthKit, which ends its own session and
 * redirects to the landing page. A cross-site request is refused, so that no link or form of another site signs a user out.
 *
 * A page and not a redirect: browsers hold each redirect after a form to `form-action` (CSP Level 3), and AuthKit may
 * redirect to origins that only its configuration knows, such as a custom domain or an identity provider.
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
  if (typeof sessionId !== 'string')
    return new Response(null, {
      status: 303,
      headers: { location: `${appUrl}/`, 'cache-control': 'no-store' },
    });
  const { href } = new URL(workos().userManagement.getLogoutUrl({ sessionId, returnTo: `${appUrl}/` }));
  const [, nonce = ''] = /'nonce-([^']+)'/.exec(request.headers.get('content-security-policy') ?? '') ?? [];
  return new Response(pageThatGoesTo(href, nonce), {
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/**
 * Takes part in the view transitions of the pages: a page that did not would be an error in the one before it.
 *
 * @param href - serialized by `URL`, which leaves only `&` and `'` to escape in an attribute
 */
function pageThatGoesTo(href: string, nonce: string): string {
  const to = href.replaceAll('&', '&amp;').replaceAll("'", '&#39;');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signing out</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="0;url=${to}">
<style nonce="${nonce}">@view-transition{navigation:auto}</style></head><body><p><a rel="external" href="${to}">Sign out at AuthKit</a></p></body></html>
`;
}
