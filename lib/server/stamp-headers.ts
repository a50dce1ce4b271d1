import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { BASELINE_HEADERS } from './security-headers.ts';

/**
 * Puts the security headers on each response before Next sees the request. Some of its answers, such as the redirect
 * of a path with a slash at its end, are made before `next.config.ts` and the proxy are asked.
 */
export function stampSecurityHeaders(): void {
  subscribe('http.server.request.start', (message) => {
    const { response } = message as { response: ServerResponse };
    for (const [name, value] of Object.entries(BASELINE_HEADERS)) response.setHeader(name, value);
  });
}
