import { NextRequest } from 'next/server';
import type { Config } from '#lib/config/env.ts';

/**
 * The same request at the origin people use. Behind a proxy `request.url` is made of headers that the client
 * may have written; authkit-nextjs takes from it whether cookies are `Secure`, and where to come back to.
 *
 * @param headers - headers to use in place of the request's own
 */
export function withPublicOrigin(
  request: NextRequest,
  { appUrl }: Pick<Config, 'appUrl'>,
  headers: Headers = request.headers,
): NextRequest {
  const { pathname, search } = request.nextUrl;
  return new NextRequest(new URL(`${pathname}${search}`, appUrl), { method: request.method, headers });
}
