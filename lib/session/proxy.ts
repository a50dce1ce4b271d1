import 'server-only';
import { authkit, handleAuthkitProxy } from '@workos-inc/authkit-nextjs';
import { type NextRequest, NextResponse } from 'next/server';
import { config } from '#lib/config/env.ts';
import { development } from '#lib/config/mode.ts';
import { signInCallbackUrl } from '#lib/config/urls.ts';
import { contentSecurityPolicy, securityHeaders } from '#lib/server/security-headers.ts';
import { withPublicOrigin } from './public-origin.ts';
import { crossSite } from './same-origin.ts';

/** Methods that change nothing. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What every page request goes through: the session is read and, when due, refreshed; the response gets its
 * security headers. It decides nothing about who may see what. What another site sends to change something is turned
 * away before anything is parsed; whoever changes something checks that again.
 */
export async function pageProxy(request: NextRequest): Promise<NextResponse> {
  const settings = config();
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = contentSecurityPolicy(settings, { nonce, development });

  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts from the policy on the request.
  headers.set('Content-Security-Policy', policy);
  // Next holds the `Origin` of a Server Action against this header. It must say what we know, not what a client
  // or a proxy in front wrote.
  headers.set('X-Forwarded-Host', new URL(settings.appUrl).host);
  const page = withPublicOrigin(request, settings, headers);

  const secured = (response: NextResponse) => {
    response.headers.set('Content-Security-Policy', policy);
    for (const [name, value] of Object.entries(securityHeaders(settings))) response.headers.set(name, value);
    return response;
  };
  if (!SAFE.has(request.method) && crossSite(request.headers, settings.appUrl))
    return secured(new NextResponse('This can only be sent from a page of this site.\n', { status: 403 }));

  const session = await authkit(page, { redirectUri: signInCallbackUrl(settings) });
  const response = secured(handleAuthkitProxy(page, session.headers));
  if (session.session.user) response.headers.set('Cache-Control', 'private, no-store');
  return response;
}
