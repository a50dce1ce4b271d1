import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Serves a request target in absolute form like its path (RFC 9112 section 3.2.2). Next takes the `//` in it for a
 * repeated slash, and answers with a redirect to whatever host the client wrote there; a target that is no path at
 * all (`*`) makes it fail.
 */
export function acceptAbsoluteTargets(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    const path = (request.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '');
    request.url = path.startsWith('/') ? path : `/${path}`;
  });
}
