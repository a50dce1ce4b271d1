import type { DiscoveryProblem } from '../problems.ts';
import { type Answer, contentType as mediaType, type Trace } from '../trace.ts';
import { bearerChallenge, parseChallenges } from '../www-authenticate.ts';
import { looksLikeMcp, type provokeChallenge } from './challenge.ts';
import { readDocument } from './document.ts';
import { probeMessage } from './messages.ts';
import { parseAllowed, protectedResourceMetadataUrls, sameResource } from './urls.ts';

/** Statuses with which web servers refuse a path or a method that they do not have. */
const ABSENT = [404, 405, 501];

/**
 * Looks for the MCP server when an answer does not come from one: the metadata of the host may name it, or it answers at
 * `/mcp`, below the path, or where a redirect within the host leads. Typical URLs are the host without `/mcp`, and `/sse`.
 *
 * @returns undefined when the answer could be that of an MCP server
 */
export async function findElsewhere(
  trace: Trace,
  serverUrl: string,
  { facts, problems }: Awaited<ReturnType<typeof provokeChallenge>>,
  origin: string,
): Promise<DiscoveryProblem | undefined> {
  const redirect = problems.find((problem) => problem.reason === 'redirected');
  const exchangeId = facts?.exchangeId ?? redirect?.exchangeId;
  if (exchangeId === undefined || (facts !== undefined && facts.outcome !== 'other')) return undefined;
  const found = (resource: string, foundBy: 'metadata' | 'probe'): DiscoveryProblem => ({
    reason: 'wrong_path',
    exchangeId,
    url: serverUrl,
    resource,
    status: facts?.status,
    foundBy,
  });

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
    if (sameResource(resource.href, serverUrl)) return undefined;
    if (resource.origin === new URL(serverUrl).origin) return found(resource.href, 'metadata');
  }

  const noServer = facts === undefined || facts.status < 400 || ABSENT.includes(facts.status);
  if (!noServer || trace.cancelled) return undefined;
  for (const url of candidates(serverUrl, redirect?.location))
    if (await answersAsMcp(trace, url)) return found(url, 'probe');
  if (facts === undefined) return undefined;
  const { status, contentType, html } = facts;
  const absent = ABSENT.includes(status);
  if (absent && (await speaksSse(trace, serverUrl)))
    return { reason: 'not_mcp', exchangeId, status, contentType, kind: 'sse', metadataAbsent: false };
  const kind = absent ? (status === 404 ? 'not_found' : 'other') : html ? 'web_page' : 'other';
  return { reason: 'not_mcp', exchangeId, status, contentType, kind, metadataAbsent };
}

/** Whether a server has the HTTP+SSE transport of 2024-11-05: its stream begins with the URL for messages. */
async function speaksSse(trace: Trace, url: string): Promise<boolean> {
  const { response } = await trace.send({
    step: 'challenge',
    title: 'The event stream of HTTP+SSE, the transport of 2024',
    to: 'mcp-server',
    url,
    headers: { accept: 'text/event-stream' },
    firstEvent: true,
  });
  return (
    response !== undefined &&
    mediaType(response.headers) === 'text/event-stream' &&
    /^event: ?endpoint\r?$/m.test(response.text())
  );
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
