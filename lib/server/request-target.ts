import type { IncomingMessage } from 'node:http';

/** A path that Next answers with 400. */
const MALFORMED_PATH = '/%';

/** A path that Next answers with 404 without rendering a page. */
const NOT_FOUND_PATH = '/_next/static/-';

/** Paths of files: everything that Next built, and everything that is or may be added to `public/`. */
const FILE = /^\/(?:_next\/static\/|.*\.(?:png|jpe?g|webp|gif|ico|svg|txt)$)/;

/**
 * Replaces a request target in absolute form by its path (RFC 9112 section 3.2.2). Next reads the `//` in it as a
 * repeated slash and redirects to the host that the client wrote there. It fails on a target that is not a path (`*`),
 * and on one that is not UTF-8 where a page has a dynamic segment.
 */
export function acceptAbsoluteTarget(request: IncomingMessage): void {
  const path = (request.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '');
  if (pathOf(path) === undefined) request.url = MALFORMED_PATH;
  else request.url = path.startsWith('/') ? path : `/${path}`;
}

/** Removes the slash at the end of the MCP endpoint's path. Next would redirect, and some clients follow no redirect. */
export function acceptEndpointWithSlash(request: IncomingMessage): void {
  request.url = request.url?.replace(/^\/mcp\/(?=$|[?#])/, '/mcp');
}

/**
 * Answers 404 to a request for a file with another method than GET and HEAD. Next would render an error page of its
 * older router, which this app does not have, and answer 500.
 */
export function hideFileFromOtherMethods(request: IncomingMessage): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (FILE.test(pathOf(request.url ?? '') ?? '')) request.url = NOT_FOUND_PATH;
}

/** The decoded path of a target; undefined when it is malformed. */
function pathOf(target: string): string | undefined {
  try {
    return decodeURIComponent(target.split(/[?#]/, 1)[0] ?? '');
  } catch {
    return undefined;
  }
}
