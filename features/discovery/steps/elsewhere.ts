import type { DiscoveryProblem } from '../problems.ts';
import { type Answer, contentType as mediaType, type Trace } from '../trace.ts';
import { bearerChallenge, parseChallenges } from '../www-authenticate.ts';
import { type ChallengeFacts, describe, looksLikeMcp, type provokeChallenge } from './challenge.ts';
import { readDocument } from './document.ts';
import { probeMessage } from './messages.ts';
import { parseAllowed, protectedResourceMetadataUrls, sameResource } from './urls.ts';

/** Statuses with which web servers refuse a path or a method that they do not have. */
const ABSENT = [404, 405, 501];

type Elsewhere =
  | { problem: DiscoveryProblem; challenge?: undefined }
  /** The challenge that only a GET for an event stream gets. */
  | { problem?: undefined; challenge: ChallengeFacts };

/**
 * Looks for the MCP server when an answer does not come from one: the metadata of the host may name it, or it answers at
 * `/mcp`, below the path, or where a redirect within the host leads, or with HTTP+SSE, the transport of 2024. Typical URLs
 * are the host without `/mcp`, and `/sse`.
 *
 * @returns undefined when the answer could be that of an MCP server
 */
export async function findElsewhere(
  trace: Trace,
  serverUrl: string,
  { facts, problems }: Awaited<ReturnType<typeof provokeChallenge>>,
  origin: string,
): Promise<Elsewhere | undefined> {
  const redirect = problems.find((problem) => problem.reason === 'redirected');
  const exchangeId = facts?.exchangeId ?? redirect?.exchangeId;
  if (exchangeId === undefined || (facts !== undefined && facts.outcome !== 'other')) return undefined;
  const found = (resource: string, foundBy: 'metadata' | 'probe'): Elsewhere => ({
    problem: {
      reason: 'wrong_path',
      exchangeId,
      url: serverUrl,
      resource,
      status: facts?.status,
      foundBy,
    },
  });
  const absent = facts !== undefined && ABSENT.includes(facts.status);

  let metadataAbsent = true;
  for (const { url } of protectedResourceMetadataUrls(serverUrl)) {
    const answer = await trace.send({
      step: 'protected-resource-metadata',
      title: 'Protected resource metadata of this host',
      to: 'mcp-server',
      url,
      headers: { accept: 'application/json', origin },
    });
    const reading = readDocument(answer, 'the protected resource metadata');
    metadataAbsent &&= reading.document === undefined && reading.absent;
    const resource = parseAllowed(reading.document?.resource, trace.allowLoopback);
    if (resource === undefined) continue;
    if (sameResource(resource.href, serverUrl))
      return absent ? findStream(trace, serverUrl, facts) : undefined;
    if (resource.origin === new URL(serverUrl).origin) return found(resource.href, 'metadata');
  }

  const noServer = facts === undefined || facts.status < 400 || ABSENT.includes(facts.status);
  if (!noServer || trace.cancelled) return undefined;
  for (const url of candidates(serverUrl, redirect?.location))
    if (await answersAsMcp(trace, url)) return found(url, 'probe');
  if (facts === undefined) return undefined;
  const { status, contentType, html } = facts;
  const stream = absent ? await findStream(trace, serverUrl, facts) : undefined;
  if (stream) return stream;
  const kind = absent ? (status === 404 ? 'not_found' : 'other') : html ? 'web_page' : 'other';
  return { problem: { reason: 'not_mcp', exchangeId, status, contentType, kind, metadataAbsent } };
}

/** Looks for HTTP+SSE (2024-11-05): its stream begins with the URL for messages, or a Bearer challenge protects it. */
async function findStream(
  trace: Trace,
  url: string,
  { exchangeId, status, contentType }: Pick<ChallengeFacts, 'exchangeId' | 'status' | 'contentType'>,
): Promise<Elsewhere | undefined> {
  const answer = await trace.send({
    step: 'challenge',
    title: 'The event stream of HTTP+SSE, the transport of 2024',
    to: 'mcp-server',
    url,
    headers: { accept: 'text/event-stream' },
    firstEvent: true,
  });
  const { response } = answer;
  if (response?.status === 401) {
    const { facts: challenge } = describe(trace, answer, true, undefined, true);
    return challenge?.bearer && { challenge };
  }
  const begins =
    response !== undefined &&
    mediaType(response.headers) === 'text/event-stream' &&
    /^event: ?endpoint\r?$/m.test(response.text());
  return begins
    ? { problem: { reason: 'not_mcp', exchangeId, status, contentType, kind: 'sse', metadataAbsent: false } }
    : undefined;
}

/** Other URLs of the same origin where the server may be. */
function candidates(serverUrl: string, location: string | undefined): string[] {
  const { origin, pathname, href } = new URL(serverUrl);
  const path = pathname.replace(/\/+$/, '');
  const redirected = location === undefined ? null : URL.parse(location, serverUrl);
  const urls = [
    ...(redirected?.origin === origin ? [redirected.href] : []),
    `${origin}/mcp`,
    ...(path === '' || path.endsWith('/mcp') ? [] : [`${origin}${path}/mcp`]),
  ];
  return [...new Set(urls)].filter((url) => url !== href && !url.includes('#'));
}

/** Whether a request of MCP without a token gets a challenge or a JSON-RPC message. */
async function answersAsMcp(trace: Trace, url: string): Promise<boolean> {
  const message = probeMessage('server/discover');
  const answer: Answer = await trace.send({
    step: 'challenge',
    title: 'The same request at another path',
    to: 'mcp-server',
    url,
    method: 'POST',
    headers: message.headers,
    body: message.body,
  });
  const { response } = answer;
  if (response === undefined) return false;
  const header = response.headers.get('www-authenticate');
  if (response.status === 401) return bearerChallenge(parseChallenges(header)) !== undefined;
  return response.status < 500 && (response.status < 300 || response.status === 400) && looksLikeMcp(answer);
}
