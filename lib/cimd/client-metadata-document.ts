import { LRUCache } from 'lru-cache';
import { type Finding, hasError } from '#lib/checks/finding.ts';
import { type Check, failed, passed } from '#lib/checks/rule.ts';
import { type Config, config } from '#lib/config/env.ts';
import {
  type GuardedFetch,
  GuardedFetchError,
  type GuardedResponse,
  guardedFetch,
} from '#lib/guarded-fetch/guarded-fetch.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { isObject } from '#lib/text/json.ts';
import { clientIdFindings } from './client-id-url.ts';
import { type ClientMetadata, cimd, publicLink, reservedHost, whereToFetch } from './client-metadata.ts';
import { examineDocument } from './client-metadata-rules.ts';

/** The result of reading a client's metadata document. */
export type ClientMetadataReading = {
  clientId: string;
  /** Host of the client ID: proven when `verified`. Empty when the client ID is not a URL. */
  host: string;
  /** Whether no finding is an error. */
  verified: boolean;
  /** The document as served; undefined when it was not a JSON object. */
  document: ClientMetadata | undefined;
  /** One finding for each check that was reached, passed ones included. */
  findings: Finding[];
  /** `client_name`, sanitized; a claim. Empty without a document. */
  name: string;
  /** A sentence when the name or host resembles a well-known client that this is not. */
  lookAlike: string | undefined;
  /** Whether every redirect URI leads to the user's own computer, so that any program there can be this client. */
  localOnly: boolean;
  /** `logo_uri` of a verified document, when it may be fetched. */
  logoUri: string | undefined;
};

export type ReadOptions = {
  /** Id of the user, for the limit per user. */
  limitKey?: string;
  signal?: AbortSignal;
  /** Reads the document again even if it is cached. */
  fresh?: boolean;
};

type Settings = Pick<Config, 'loopback' | 'appUrl'>;
export type ReaderDependencies = { fetch: GuardedFetch; settings: () => Settings; now: () => number };

/** CIMD -02 section 8.7: at most 5 kilobytes are read. */
const MAX_BYTES = 5 * 1024;
const TIMEOUT_MS = 3000;
const MIN_CACHE_SECONDS = 60;
const MAX_CACHE_SECONDS = 3600;

const CHECKS = {
  fetch: {
    id: 'fetch',
    title: 'Fetch',
    failed: 'The document cannot be fetched',
    fix: 'Serve it uncompressed at a public https address on port 443, within 3 seconds and without bot protection.',
    reference: cimd('5', 'CIMD -02 section 8.6'),
  },
  status: { id: 'status', title: 'Status', fix: 'Answer 200 without a redirect.', reference: cimd('5') },
  size: { id: 'size', title: 'Size', fix: 'Serve at most 5 KB.', reference: cimd('8.7') },
  type: { id: 'media-type', title: 'Media type', fix: 'Serve it as application/json.', reference: cimd('4') },
  json: {
    id: 'json',
    title: 'JSON',
    fix: 'Serve one JSON object in UTF-8.',
    reference: cimd('4', 'RFC 8259'),
  },
} satisfies Record<string, Check>;

type Cache = LRUCache<string, ClientMetadataReading>;

const newCache = (now: () => number): Cache =>
  new LRUCache({ max: 500, ttl: MIN_CACHE_SECONDS * 1000, ttlResolution: 0, perf: { now } });

/** Makes a reader with its own cache. The product uses {@link readClientMetadata}. */
export function createClientMetadataReader(
  { fetch, settings, now }: ReaderDependencies,
  cache: Cache = newCache(now),
) {
  return async (clientId: string, options: ReadOptions = {}): Promise<ClientMetadataReading> => {
    const cached = options.fresh ? undefined : cache.get(clientId);
    if (cached !== undefined) return cached;
    const { reading, cacheSeconds } = await read(clientId, options, fetch, settings());
    // CIMD -02 section 5.2: neither errors nor invalid documents are cached.
    if (reading.verified) cache.set(clientId, reading, { ttl: cacheSeconds * 1000 });
    else cache.delete(clientId);
    return reading;
  };
}

const processCache = perProcess('client-metadata', () => newCache(() => performance.now()));

/**
 * Reads and checks the client metadata document of a client ID (draft-ietf-oauth-client-id-metadata-document-02) with
 * the guarded fetch, in at most 3 s. Never throws for anything that the client does: each failure is a finding.
 *
 * A verified reading is cached as long as its `cache-control` says, but at least a minute and at most an hour.
 *
 * @param clientId - as in the token or grant; anything but an `https` URL is refused without a request
 * @throws {GuardedFetchError} `limited`, after too many requests, which says nothing about the client
 * @throws the reason of `options.signal` when the caller aborts
 */
export function readClientMetadata(
  clientId: string,
  options: ReadOptions = {},
): Promise<ClientMetadataReading> {
  const dependencies = { fetch: guardedFetch, settings: config, now: () => performance.now() };
  return createClientMetadataReader(dependencies, processCache())(clientId, options);
}

type Read = { reading: ClientMetadataReading; cacheSeconds: number };

async function read(
  clientId: string,
  { limitKey, signal }: ReadOptions,
  fetch: GuardedFetch,
  settings: Settings,
): Promise<Read> {
  const reserved = reservedHost(settings);
  const idFindings = clientIdFindings(clientId, reserved);
  const url = URL.parse(clientId);
  const reading: ClientMetadataReading = {
    clientId,
    host: url?.host ?? '',
    verified: false,
    document: undefined,
    findings: idFindings,
    name: '',
    lookAlike: undefined,
    localOnly: false,
    logoUri: undefined,
  };
  const withFindings = (...more: Finding[]): Read => ({
    reading: { ...reading, findings: [...idFindings, ...more] },
    cacheSeconds: 0,
  });
  if (url === null || hasError(idFindings)) return withFindings();

  const where = whereToFetch(url, settings);
  let answer: GuardedResponse;
  try {
    answer = await fetch(where.url, {
      accept: 'application/json',
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
      allowLoopback: where.allowLoopback,
      limitKey,
      signal,
    });
  } catch (error) {
    if (!(error instanceof GuardedFetchError) || error.code === 'limited') throw error;
    return withFindings(failed(error.code === 'too_large' ? CHECKS.size : CHECKS.fetch, error.message));
  }
  const served = servedDocument(answer);
  if (served.document === undefined) return withFindings(...served.findings);

  const examined = examineDocument(served.document, clientId, reserved);
  const findings = [...idFindings, ...served.findings, ...examined.findings];
  const verified = !hasError(findings);
  const logoUri = verified ? publicLink(served.document.logo_uri, reserved)?.href : undefined;
  return {
    reading: { ...reading, ...examined, findings, verified, document: served.document, logoUri },
    cacheSeconds: cacheSeconds(answer.headers),
  };
}

/** Checks the response, and returns the document in it unless it is not a JSON object. */
function servedDocument({ status, headers, body }: GuardedResponse): {
  findings: Finding[];
  document: ClientMetadata | undefined;
} {
  const findings = [passed(CHECKS.fetch, 'fetched')];
  if (status !== 200) {
    const location = headers.get('location');
    findings.push(failed(CHECKS.status, `${status}${location === null ? '' : ` to ${location}`}`));
    return { findings, document: undefined };
  }
  const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isJson = /^application\/([a-z0-9!#$&^_.-]+\+)?json$/.test(mediaType);
  const document = jsonObject(body);
  findings.push(
    passed(CHECKS.status, '200'),
    passed(CHECKS.size, `${body.length} bytes`),
    isJson ? passed(CHECKS.type, mediaType) : failed(CHECKS.type, mediaType || 'no content-type'),
    document ? passed(CHECKS.json, 'yes') : failed(CHECKS.json, 'not a JSON object'),
  );
  return { findings, document };
}

function jsonObject(body: Uint8Array): ClientMetadata | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How long a response may be cached, in seconds, within our bounds (CIMD -02 section 5.2, RFC 9111 section 5.2.2). */
function cacheSeconds(headers: Headers): number {
  const maxAge = /(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})/i.exec(headers.get('cache-control') ?? '')?.[1];
  const age = /^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0];
  const seconds = Number(maxAge ?? 0) - Number(age ?? 0);
  return Math.min(Math.max(seconds, MIN_CACHE_SECONDS), MAX_CACHE_SECONDS);
}
