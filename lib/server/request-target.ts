import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** What Next answers 400 to. */
const MALFORMED_PATH = '/%';

/**
 * Serves a request target in absolute form like its path (RFC 9112 section 3.2.2). Next takes the `//` in it for a
 * repeated slash, and answers with a redirect to whatever host the client wrote there; a target that is no path at
 * all (`*`) makes it fail, and so does one that is not UTF-8 where a page has a part of its path for a parameter.
 */
export function acceptAbsoluteTargets(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    const path = (request.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '');
    if (pathOf(path) === undefined) request.url = MALFORMED_PATH;
    else request.url = path.startsWith('/') ? path : `/${path}`;
  });
}

/** What is a file, by its path: everything that Next built, and what is in `public/` or may come to be. */
const FILE = /^\/(?:_next\/static\/|.*\.(?:png|jpe?g|webp|gif|ico|svg|txt)$)/;

/** Where Next answers 404 by itself, without making a page. */
const NOT_FOUND_PATH = '/_next/static/-';

/**
 * Lets a request that would do more with a file than read it find none. Next answers such a request with an error page
 * of its older router, has none here, and says 500.
 */
export function hideFilesFromOtherMethods(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    if (request.method === 'GET' || request.method === 'HEAD') return;
    if (FILE.test(pathOf(request.url ?? '') ?? '')) request.url = NOT_FOUND_PATH;
  });
}

/** The path of a target, decoded; undefined when that cannot be done. */
function pathOf(target: string): string | undefined {
  try {
    return decodeURIComponent(target.split(/[?#]/, 1)[0] ?? '');
  } catch {
    return undefined;
  }
}
