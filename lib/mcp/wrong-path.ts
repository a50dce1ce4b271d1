import type { Config } from '#lib/config/env.ts';
import { PAGES } from '#lib/config/pages.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { rpcError, SERVER_ERROR } from './rpc-error.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** First segments of the paths below which there are pages, or route handlers that only pages send requests to. */
const PAGE_SEGMENTS = new Set([
  'login',
  'logout',
  'callback',
  'theme',
  ...PAGES.map(({ path }) => path.split('/')[1]),
]);

/**
 * Answers a program that sends a request to a path which is not the MCP endpoint, before it gets an answer that is meant
 * for browsers: 404 that names the endpoint for a JSON-RPC message and for a request for events, 404 for an unsafe method
 * on an unknown path. Clients fall back or report a wrong URL on 404 only.
 *
 * @returns undefined for every request that a browser sends to a page
 */
export function refuseWrongPath(
  { method, headers, url }: Request,
  settings: Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback'>,
): Response | undefined {
  const unsafe = !SAFE_METHODS.has(method);
  if (unsafe ? headers.get('origin') === settings.appUrl : headers.has('sec-fetch-site')) return undefined;
  const sendsJson = unsafe && /^application\/json\b/i.test(headers.get('content-type') ?? '');
  const takesEvents = !unsafe && /^(?!.*text\/html).*text\/event-stream/i.test(headers.get('accept') ?? '');
  if (sendsJson || takesEvents)
    return rpcError(404, SERVER_ERROR, `This is not the MCP endpoint. It is ${resourceUrl(settings)}`);
  const segment = new URL(url).pathname.split('/')[1];
  return unsafe && !PAGE_SEGMENTS.has(segment) ? new Response('Not found\n', { status: 404 }) : undefined;
}
