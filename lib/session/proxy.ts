import 'server-only';
import { handleAuthkitProxy } from '@workos-inc/authkit-nextjs';
import { type NextRequest, NextResponse } from 'next/server';
import { config } from '#lib/config/env.ts';
import { development } from '#lib/config/mode.ts';
import { signInCallbackUrl } from '#lib/config/urls.ts';
import { contentSecurityPolicy, securityHeaders } from '#lib/server/security-headers.ts';
import { sealedSession, storeSession } from './cookies.ts';
import { redirectToPublicOrigin, withPublicOrigin } from './public-origin.ts';
import { type PageSession, pageSession, SESSION_HEADER, UNAVAILABLE_HEADER } from './refresh.ts';
import { crossSite } from './same-origin.ts';

/** Safe methods (RFC 9110 section 9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Handles every page request first: redirects it to the public origin, reads the session, refreshes it when it is about
 * to expire, and sets the security headers of the response. Cross-site requests with an unsafe method are refused before
 * their body is parsed. It authorizes nothing else: each page, action and route handler checks again at the point of use.
 */
export async function pageProxy(request: NextRequest): Promise<NextResponse> {
  const settings = config();
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = contentSecurityPolicy(settings, { nonce, development });
  const secured = (response: NextResponse) => {
    response.headers.set('content-security-policy', policy);
    for (const [name, value] of Object.entries(securityHeaders(settings))) response.headers.set(name, value);
    return response;
  };
  const redirected = redirectToPublicOrigin(request, settings);
  if (redirected !== undefined) return secured(redirected);
  if (!SAFE_METHODS.has(request.method) && crossSite(request.headers, settings.appUrl))
    return secured(new NextResponse('This can only be sent from a page of this site.\n', { status: 403 }));

  const sealed = sealedSession(request.cookies);
  // Signing out ends the session in any case. A refresh would set cookies that this response deletes.
  const session: PageSession =
    request.nextUrl.pathname === '/logout' ? { state: 'signed_out' } : await pageSession(sealed);

  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts from the policy on the request.
  headers.set('content-security-policy', policy);
  // Next compares the `Origin` of a Server Action with this header. It must be our own host, not what a client or
  // a reverse proxy wrote.
  headers.set('x-forwarded-host', new URL(settings.appUrl).host);
  headers.delete(UNAVAILABLE_HEADER);
  if (session.state === 'unavailable') headers.set(UNAVAILABLE_HEADER, 'true');
  const page = withPublicOrigin(request, settings, headers);

  const forwarded = new Headers({ 'x-url': page.url, 'x-redirect-uri': signInCallbackUrl(settings) });
  if (session.state === 'signed_in') forwarded.set(SESSION_HEADER, session.sealed);
  const response = secured(handleAuthkitProxy(page, forwarded));
  if (session.state === 'signed_in' && session.renewed)
    storeSession(session.sealed, settings, request.cookies, response.cookies);
  if (session.state === 'ended' && session.remove)
    storeSession('', settings, request.cookies, response.cookies);
  if (sealed !== undefined) {
    response.headers.set('cache-control', 'private, no-store');
    response.headers.append('vary', 'Cookie');
  }
  return response;
}
