import type { Config } from '#lib/config/env.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { parseAllowedOrigin } from '#lib/config/origin.ts';

type Settings = Pick<Config, 'appUrl' | 'loopback' | 'allowedOrigins'>;

function refuse(message: string): Response {
  return Response.json(
    { jsonrpc: '2.0', id: null, error: { code: -32000, message } },
    { status: 403, headers: { 'cache-control': 'no-store' } },
  );
}

/**
 * On a loopback deployment, refuses a `Host` that does not name this machine: a website whose name was rebound to
 * 127.0.0.1 would otherwise be same-origin with this server. A public deployment does not use `Host` at all, so that
 * aliases and previews work.
 */
export function refuseForeignHost(request: Request, { loopback }: Settings): Response | undefined {
  if (!loopback) return undefined;
  const host = request.headers.get('host');
  const url = host === null ? null : URL.parse(`http://${host}`);
  if (url === null) return refuse('The Host header is missing or malformed');
  if (isLoopback(url)) return undefined;
  return refuse('This server runs on loopback and answers loopback host names only');
}

/**
 * Refuses a browser origin that is not allowed (MCP transports, "Security Warning"). A client outside of a browser sends
 * none and is accepted. Origins are compared as a whole: scheme, host and port.
 */
export function refuseForeignOrigin(request: Request, settings: Settings): Response | undefined {
  const origin = request.headers.get('origin');
  if (origin === null || isAllowedOrigin(origin, settings)) return undefined;
  return refuse(
    typeof parseAllowedOrigin(origin) === 'string'
      ? 'This Origin may not call this server; the operator can add it to MCP_ALLOWED_ORIGINS'
      : 'This Origin may not call this server, and cannot be allowed',
  );
}

function isAllowedOrigin(origin: string, { appUrl, loopback, allowedOrigins }: Settings): boolean {
  if (origin === appUrl || allowedOrigins.includes(origin)) return true;
  if (!loopback || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === origin && isLoopback(url);
}

const ALLOWED_HEADERS =
  'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID, traceparent, tracestate, baggage';
/** Names that clients choose: repeated arguments of tools (2026-07-28), and headers of their own. */
const CHOSEN_HEADER = /^(mcp-param|x)-[\w-]+$/i;

/** Answers a CORS preflight of an allowed origin, and a plain `OPTIONS`. */
export function preflightResponse({ headers }: Request): Response {
  const requested = headers.get('access-control-request-headers')?.split(',') ?? [];
  const chosen = requested.map((name) => name.trim()).filter((name) => CHOSEN_HEADER.test(name));
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': [ALLOWED_HEADERS, ...chosen].join(', '),
      'access-control-max-age': '7200',
      allow: 'POST, OPTIONS',
      vary: 'Access-Control-Request-Headers',
    },
  });
}

/** Lets an allowed origin read a response and the headers that discovery and retries need. Sets `no-store` by default. */
export function withCors(request: Request, response: Response, settings: Settings): Response {
  // Responses differ by person. The SDK forbids caching for its streams only.
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
  const origin = request.headers.get('origin');
  if (origin === null || !isAllowedOrigin(origin, settings)) return response;
  response.headers.append('vary', 'Origin');
  response.headers.set('access-control-allow-origin', origin);
  response.headers.set(
    'access-control-expose-headers',
    'WWW-Authenticate, MCP-Protocol-Version, Mcp-Session-Id, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id',
  );
  return response;
}
