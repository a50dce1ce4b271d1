import type { DiscoveryProblem, Seen } from '../problems.ts';
import { contentType, type Trace } from '../trace.ts';
import type { ChallengeFacts } from './challenge.ts';
import { readableFrom } from './cors.ts';
import { type DocumentReading, type JsonObject, readDocument, stringList } from './document.ts';
import { parseAllowed, protectedResourceMetadataUrls, sameResource } from './urls.ts';

export type ProtectedResourceFacts = {
  exchangeId: string;
  url: string;
  /** How its URL was found. */
  source: 'challenge' | 'path' | 'root';
  document: JsonObject;
  /** The resource identifier of token requests; undefined when the document has a wrong one. */
  resource: string | undefined;
  /** Valid issuers, in the order of the document. */
  issuers: readonly string[];
  scopesSupported: readonly string[] | undefined;
  contentType: string;
  cacheControl: string | undefined;
  readableByBrowsers: boolean;
};

type Outcome = { facts: ProtectedResourceFacts | undefined; problems: DiscoveryProblem[] };
const SUBJECT = 'the protected resource metadata';

/**
 * Fetches and checks the protected resource metadata (RFC 9728): at the URL in the challenge, else at the well-known
 * path of the server's URL, else at the root. `resource` must be the requested URL (section 3.3). When the URL in the
 * challenge is unusable, that is a problem, and the well-known URLs are tried as well, as lenient clients do.
 */
export async function findProtectedResource(
  trace: Trace,
  serverUrl: string,
  challenge: ChallengeFacts,
  origin: string,
): Promise<Outcome> {
  const stated = challenge.resourceMetadata;
  const places: { url: string; source: ProtectedResourceFacts['source'] }[] = [
    ...(stated === undefined ? [] : [{ url: stated, source: 'challenge' as const }]),
    ...protectedResourceMetadataUrls(serverUrl).filter(({ url }) => url !== stated),
  ];
  const problems: DiscoveryProblem[] = [];
  const seen: Seen[] = [];
  let last: string | undefined;
  for (const { url, source } of places) {
    const answer = await trace.send({
      step: 'protected-resource-metadata',
      title:
        source === 'challenge' ? 'Protected resource metadata' : `Protected resource metadata, ${source}`,
      to: 'mcp-server',
      url,
      headers: { accept: 'application/json', origin },
    });
    last = answer.exchange.id;
    const reading = readDocument(answer, SUBJECT);
    if (reading.document) {
      const { facts, problems: own } = check(trace, { url, source, serverUrl, origin, reading });
      return { facts, problems: [...problems, ...own] };
    }
    seen.push({ url: answer.exchange.request.url, status: answer.response?.status });
    // A well-known URL may have no document, the URL in the challenge must have one.
    if (source === 'challenge' || !reading.absent) problems.push(reading.problem);
    if (trace.cancelled) break;
  }
  // With another problem it is not known that there is no document.
  if (problems.length === 0)
    problems.push({ reason: 'protected_resource_metadata_missing', exchangeId: last, seen });
  return { facts: undefined, problems };
}

function check(
  trace: Trace,
  found: {
    url: string;
    source: ProtectedResourceFacts['source'];
    serverUrl: string;
    origin: string;
    reading: Extract<DocumentReading, { problem?: undefined }>;
  },
): Outcome {
  const { url, source, serverUrl, origin } = found;
  const { document, exchange, response } = found.reading;
  const exchangeId = exchange.id;
  const problems: DiscoveryProblem[] = [];

  const resource = typeof document.resource === 'string' ? document.resource : undefined;
  // The identifier of a document at the root is the origin.
  const right =
    resource !== undefined &&
    (sameResource(resource, serverUrl) ||
      (source === 'root' && sameResource(resource, new URL(serverUrl).origin)));
  if (resource === undefined)
    problems.push({ reason: 'document_invalid', exchangeId, subject: SUBJECT, why: 'it has no resource' });
  else if (!right)
    problems.push({ reason: 'resource_mismatch', exchangeId, got: resource, expected: serverUrl });

  const listed = stringList(document.authorization_servers) ?? [];
  const issuers: string[] = [];
  for (const value of listed) {
    const issuer = parseAllowed(value, trace.allowLoopback);
    if (issuer && issuer.search === '' && issuer.hash === '') issuers.push(value);
    else problems.push({ reason: 'issuer_invalid', exchangeId, value });
  }
  if (listed.length === 0) problems.push({ reason: 'authorization_servers_missing', exchangeId });
  if (issuers[0] !== undefined)
    trace.recordEvidence(exchange, {
      in: 'body',
      field: 'authorization_servers',
      value: issuers[0],
      next: 'Fetch the metadata of this issuer.',
    });

  return {
    problems,
    facts: {
      exchangeId,
      url,
      source,
      document,
      resource: right ? resource : undefined,
      issuers,
      scopesSupported: stringList(document.scopes_supported),
      contentType: contentType(response.headers),
      cacheControl: response.headers.get('cache-control') ?? undefined,
      readableByBrowsers: readableFrom(response.headers, origin),
    },
  };
}
