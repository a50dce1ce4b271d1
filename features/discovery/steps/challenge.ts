import { member } from '#lib/text/json.ts';
import { type DiscoveryProblem, notFetched } from '../problems.ts';
import type { RevisionChoice } from '../revision.ts';
import { type Answer, contentType, type Trace } from '../trace.ts';
import { bearerChallenge, type Challenge, parseChallenges } from '../www-authenticate.ts';
import { isHtml } from './document.ts';
import { LEGACY_VERSION, type ProbeMessage, probeMessage } from './messages.ts';
import { parseAllowed } from './urls.ts';

export type ChallengeFacts = {
  exchangeId: string;
  /** `challenged`: 401. `open`: served without a token. `other`: any other status. */
  outcome: 'challenged' | 'open' | 'other';
  status: number;
  /** The `www-authenticate` header, if any. */
  header: string | undefined;
  bearer: Challenge | undefined;
  challengeCount: number;
  /** `resource_metadata` of the challenge, when it is a URL that may be fetched. */
  resourceMetadata: string | undefined;
  scopes: readonly string[] | undefined;
  /** Whether the request was one of a revision with `initialize`. */
  legacy: boolean;
  /** The revision in the server's answer to `initialize`; undefined when it was not answered. */
  negotiated: string | undefined;
  /** Whether only a GET for an event stream got it, as with HTTP+SSE (2024-11-05); `status` is that of the GET. */
  streamOnly: boolean;
  /** Whether the response is HTML. */
  html: boolean;
  contentType: string;
  cacheControl: string | undefined;
};

/** What an answer without a token says, and what is wrong with it. */
type Outcome = { facts: ChallengeFacts | undefined; problems: DiscoveryProblem[] };

/**
 * Sends requests without a token until one gets 401. A server may serve discovery or the handshake without a token and
 * protect only later requests, so `tools/list` follows when the first request was served. With `auto` a server of an
 * earlier revision gets the requests of that revision.
 */
export async function provokeChallenge(
  trace: Trace,
  serverUrl: string,
  choice: RevisionChoice,
): Promise<Outcome> {
  const post = (message: ProbeMessage, headers: Record<string, string> = {}) =>
    trace.send({
      step: 'challenge',
      title: `${message.method} without a token`,
      to: 'mcp-server',
      url: serverUrl,
      method: 'POST',
      headers: { ...message.headers, ...headers },
      body: message.body,
    });

  const modern = choice === 'auto' || choice === '2026-07-28';
  const requested = modern ? LEGACY_VERSION : choice;
  let answer = await post(modern ? probeMessage('server/discover') : probeMessage('initialize', requested));
  let legacy = !modern;
  if (modern && answer.response) {
    if (served(answer)) answer = await post(probeMessage('tools/list'));
    else if (choice === 'auto' && notModern(answer.response.status)) {
      legacy = true;
      answer = await post(probeMessage('initialize'));
    }
  }
  let negotiated: string | undefined;
  if (legacy && served(answer)) {
    negotiated = negotiatedVersion(answer);
    const version = negotiated ?? requested;
    const session = answer.response?.headers.get('mcp-session-id');
    const headers: Record<string, string> = session ? { 'mcp-session-id': session } : {};
    await post(probeMessage('notifications/initialized', version), headers);
    answer = await post(probeMessage('tools/list (legacy)', version), headers);
  }
  return describe(trace, answer, legacy, negotiated);
}

/** The `protocolVersion` in the result of `initialize`, as JSON or as the first event of a stream. */
function negotiatedVersion({ response }: Answer): string | undefined {
  if (response === undefined) return undefined;
  const text = response.text();
  const data = /^data: ?(.+)$/m.exec(text)?.[1] ?? text;
  try {
    const version = member(member(JSON.parse(data), 'result'), 'protocolVersion');
    return typeof version === 'string' && /^\d{4}-\d\d-\d\d$/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

function served(answer: Answer): boolean {
  return answer.response !== undefined && answer.response.status >= 200 && answer.response.status < 300;
}

/** Statuses with which servers answer an unknown method or version. */
export function notModern(status: number): boolean {
  return (
    status === 400 || status === 404 || status === 405 || status === 406 || status === 415 || status === 422
  );
}

/** The response to a request without a token as facts. */
export function describe(
  trace: Trace,
  answer: Answer,
  legacy: boolean,
  negotiated: string | undefined,
  streamOnly = false,
): Outcome {
  const { exchange } = answer;
  const exchangeId = exchange.id;
  const subject = 'the MCP server' as const;
  if (answer.failure) return { facts: undefined, problems: [notFetched(answer, subject)] };
  const { status, headers } = answer.response;
  if (status >= 300 && status < 400) {
    const location = headers.get('location') ?? '';
    return { facts: undefined, problems: [{ reason: 'redirected', exchangeId, subject, location }] };
  }

  const header = headers.get('www-authenticate') ?? undefined;
  const challenges = parseChallenges(header ?? null);
  const bearer = bearerChallenge(challenges);
  const stated = bearer?.parameters.resource_metadata;
  const resourceMetadata = parseAllowed(stated, trace.allowLoopback)?.href;
  const scope = bearer?.parameters.scope;
  const problems: DiscoveryProblem[] = [];
  if (stated !== undefined && resourceMetadata === undefined) {
    const why = URL.canParse(stated) ? 'scheme' : 'relative';
    problems.push({ reason: 'resource_metadata_invalid', exchangeId, value: stated, why });
  } else if (stated !== undefined)
    trace.recordEvidence(exchange, {
      in: 'header',
      field: 'resource_metadata',
      value: stated,
      next: 'Fetch the protected resource metadata from this URL.',
    });
  else if (status === 401)
    trace.recordEvidence(exchange, {
      in: 'header',
      field: header === undefined ? 'status' : 'www-authenticate',
      value: header ?? '401',
      next: 'Try the well-known URLs of the protected resource metadata.',
    });
  return {
    problems,
    facts: {
      exchangeId,
      outcome: status === 401 ? 'challenged' : served(answer) && looksLikeMcp(answer) ? 'open' : 'other',
      status,
      header,
      bearer,
      challengeCount: challenges.length,
      resourceMetadata,
      scopes: scope?.split(' ').filter((item) => item !== ''),
      legacy,
      negotiated,
      streamOnly,
      html: isHtml(answer),
      contentType: contentType(headers),
      cacheControl: headers.get('cache-control') ?? undefined,
    },
  };
}

/** Whether a response is a JSON-RPC message, or could be followed by one. A web page or another API answers otherwise. */
export function looksLikeMcp({ response }: Answer): boolean {
  if (response === undefined) return false;
  if (response.status === 202 || contentType(response.headers) === 'text/event-stream') return true;
  try {
    return member(response.json(), 'jsonrpc') === '2.0';
  } catch {
    return false;
  }
}
