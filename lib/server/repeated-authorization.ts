import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Puts a repeated `Authorization` header together as one list. Node keeps the first and drops the rest, so that
 * a proxy that looks at the last one and this server would judge different credentials; as a list it is refused.
 */
export function joinRepeatedAuthorization(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    const values = request.rawHeaders.filter(
      (_value, index, raw) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'authorization',
    );
    if (values.length > 1) request.headers.authorization = values.join(', ');
  });
}
