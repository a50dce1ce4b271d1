import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Serves a request target in absolute form like its path (RFC 9112 section 3.2.2). Next takes the `//` in it for a
 * repeated slash, and answers with a redirect to whatever host the client wrote there.
 */
export function acceptAbsoluteTargets(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    const [, path] = /^https?:\/\/[^/?#]*(.*)$/is.exec(request.url ?? '') ?? [];
    if (path !== undefined) request.url = path.startsWith('/') ? path : `/${path}`;
  });
}
