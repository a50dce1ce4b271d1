import 'server-only';
import { NextRequest, NextResponse } from 'next/server';
import { type Config, config } from '#lib/config/env.ts';
import { log } from '#lib/observability/log.ts';
import { safeReturnTo } from './return-to.ts';

/**
 * The same request at the public origin. Behind a reverse proxy `request.url` is built from headers that the
 * client may have set, and authkit-nextjs derives `Secure` and the return URL from it.
 *
 * @param headers - replaces the request's own headers
 */
export function withPublicOrigin(
  request: NextRequest,
  settings: Pick<Config, 'appUrl'>,
  headers: Headers = request.headers,
): NextRequest {
  return new NextRequest(new URL(pathOf(request), settings.appUrl), { method: request.method, headers });
}

const pathOf = ({ nextUrl: { pathname, search } }: NextRequest) => `${pathname}${search}`;

const TARGET_HEADER = 'x-public-target';
const REDIRECTS_COOKIE = 'host-redirects';
const REDIRECTS_SECONDS = 10;
/** A reverse proxy that replaces `Host` would cause redirects without end. */
const MAX_REDIRECTS = 3;

/**
 * Redirects a page that was requested under another host name (a loopback alias, a second domain) to the public origin:
 * sign-in and forms work only there. The port is not compared, because a reverse proxy or a container may change it.
 */
export function redirectToPublicOrigin(
  request: NextRequest,
  { appUrl }: Pick<Config, 'appUrl'>,
): NextResponse | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const expected = new URL(appUrl).hostname;
  const [host, forwarded] = ['host', 'x-forwarded-host'].map((name) => hostname(request.headers.get(name)));
  if (host === undefined || host === expected || forwarded === expected) return undefined;
  const count = Number(request.cookies.get(REDIRECTS_COOKIE)?.value) || 0;
  if (count >= MAX_REDIRECTS) {
    log('warn', 'host.replaced', { host, expected });
    return undefined;
  }
  // Next rewrites the `Location` of a redirect that the proxy makes, and takes all loopback names for one.
  const headers = new Headers(request.headers);
  headers.set(TARGET_HEADER, pathOf(request));
  const response = NextResponse.rewrite(new URL('/public-origin', request.url), { request: { headers } });
  response.cookies.set(REDIRECTS_COOKIE, String(count + 1), { path: '/', maxAge: REDIRECTS_SECONDS });
  return response;
}

function hostname(host: string | null): string | undefined {
  return host === null ? undefined : URL.parse(`http://${host}`)?.hostname;
}

/** `GET /public-origin`, to which {@link redirectToPublicOrigin} leads. */
export function goToPublicOrigin({ headers }: NextRequest): Response {
  const location = `${config().appUrl}${safeReturnTo(headers.get(TARGET_HEADER))}`;
  return new Response(null, { status: 307, headers: { location, 'cache-control': 'no-store' } });
}
