import type { DiscoveryProblem } from '../problems.ts';
import type { Trace } from '../trace.ts';
import type { provokeChallenge } from './challenge.ts';
import { readDocument } from './document.ts';
import { parseAllowed, protectedResourceMetadataUrls, sameResource } from './urls.ts';

/** Statuses with which web servers refuse a path or a method that they do not have. */
const ABSENT = [404, 405, 501];

/**
 * Looks for the MCP server when an answer does not come from one: the metadata of the host may name it. Typical URLs are
 * the host without `/mcp`, and `/sse`.
 *
 * @returns undefined when the answer could be that of an MCP server
 */
export async function findElsewhere(
  trace: Trace,
  serverUrl: string,
  { facts, problems }: Awaited<ReturnType<typeof provokeChallenge>>,
  origin: string,
): Promise<DiscoveryProblem | undefined> {
  const redirected = problems.find(({ reason }) => reason === 'redirected');
  const exchangeId = facts?.exchangeId ?? (redirected && 'exchangeId' in redirected && redirected.exchangeId);
  if (!exchangeId || (facts !== undefined && facts.outcome !== 'other')) return undefined;
  for (const { url } of protectedResourceMetadataUrls(serverUrl)) {
    const answer = await trace.send({
      step: 'protected-resource-metadata',
      title: 'Protected resource metadata of this host',
      to: 'mcp-server',
      url,
      headers: { accept: 'application/json', origin },
    });
    const resource = parseAllowed(
      readDocument(answer, 'the protected resource metadata').document?.resource,
      trace.allowLoopback,
    );
    if (resource === undefined) continue;
    if (sameResource(resource.href, serverUrl)) return undefined;
    if (resource.origin === new URL(serverUrl).origin)
      return {
        reason: 'wrong_path',
        exchangeId,
        url: serverUrl,
        resource: resource.href,
        status: facts?.status,
      };
  }
  if (facts === undefined) return undefined;
  const { status, contentType } = facts;
  return status < 400 || ABSENT.includes(status)
    ? { reason: 'not_mcp', exchangeId, status, contentType }
    : undefined;
}
