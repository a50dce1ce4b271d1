import type { IncomingMessage } from 'node:http';
import { isLoopback } from '#lib/config/loopback.ts';

/**
 * Whether the `Host` of a request is a loopback name. A website whose host name resolves to 127.0.0.1 (DNS rebinding)
 * sends its own name and is refused.
 */
export function addressedToLoopback(request: IncomingMessage): boolean {
  const { host } = request.headers;
  if (host === undefined || !/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(host)) return false;
  const url = URL.parse(`http://${host}`);
  return url !== null && isLoopback(url);
}
