import type { FetchLike } from '@modelcontextprotocol/client';
import type { Trace } from '#features/discovery/trace.ts';
import { bearerChallenge, parseChallenges } from '#features/discovery/www-authenticate.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Problem } from './problems.ts';

/** The refusal of a request that carried a token. */
export type Refusal = {
  status: 401 | 403;
  exchangeId: string;
  /** `error` of the Bearer challenge. */
  error: string | undefined;
  scopes: readonly string[];
};

const MAX_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const BODYLESS = new Set([101, 204, 205, 304]);

/**
 * A fetch for the SDK's transport that uses the guarded fetch, records every exchange and follows no redirect. A
 * stream is read to its end before it is returned. The standalone stream of earlier revisions never ends, so a GET
 * gets 405 here without a request to the server.
 */
export function guardedTransportFetch(
  trace: Trace,
  events: { onProblem: (problem: Problem) => void; onResponse: (refusal: Refusal | undefined) => void },
): FetchLike {
  return async (input, init = {}) => {
    const method = init.method ?? 'GET';
    if (method === 'GET') return new Response(null, { status: 405 });
    const body = typeof init.body === 'string' ? init.body : undefined;
    const answer = await trace.send({
      step: 'mcp',
      title: method === 'POST' ? messageTitle(body) : 'Session termination',
      to: 'mcp-server',
      url: String(input),
      method,
      headers: Object.fromEntries(new Headers(init.headers)),
      body,
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
      signal: init.signal ?? undefined,
    });
    const exchangeId = answer.exchange.id;
    const subject = 'the MCP server' as const;
    if (answer.failure) {
      events.onProblem({ reason: 'not_fetched', exchangeId, subject, failure: answer.failure });
      throw new Error('The MCP server did not respond.');
    }
    const { status, headers, body: bytes } = answer.response;
    if (status >= 300 && status < 400) {
      events.onProblem({
        reason: 'redirected',
        exchangeId,
        subject,
        location: headers.get('location') ?? '',
      });
      throw new Error('The MCP server redirects.');
    }
    events.onResponse(refusalOf(status, headers, exchangeId));
    return new Response(BODYLESS.has(status) ? null : new Uint8Array(bytes), { status, headers });
  };
}

function refusalOf(status: number, headers: Headers, exchangeId: string): Refusal | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const parameters = bearerChallenge(parseChallenges(headers.get('www-authenticate')))?.parameters;
  const scopes = parameters?.scope?.split(' ').filter((scope) => scope !== '') ?? [];
  return { status, exchangeId, error: parameters?.error, scopes };
}

/** The method of a JSON-RPC message with the name or URI in its parameters. */
function messageTitle(body: string | undefined): string {
  try {
    const { method, params } = JSON.parse(body ?? '') as {
      method?: unknown;
      params?: { name?: unknown; uri?: unknown };
    };
    const subject = params?.name ?? params?.uri;
    return sanitize([method, subject].filter((part) => typeof part === 'string').join(' ')) || 'Message';
  } catch {
    return 'Message';
  }
}
