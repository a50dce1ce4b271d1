import { NextRequest } from 'next/server';
import type { Config } from '#lib/config/env.ts';

/**
 * The same request at the public origin. Behind a reverse proxy `request.url` is built from headers that the
 * client may have set, and authkit-nextjs derives `Secure` and the return URL from it.
 *
 * @param headers - replaces the request's own headers
 */
export function withPublicOrigin(
  request: NextRequest,
  { appUrl }: Pick<Config, 'appUrl'>,
  headers: Headers = request.headers,
): NextRequest {
  const { pathname, search } = request.nextUrl;
  return new NextRequest(new URL(`${pathname}${search}`, appUrl), { method: request.method, headers });
}
