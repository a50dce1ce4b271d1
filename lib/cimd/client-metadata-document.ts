import { LRUCache } from 'lru-cache';
import { type Config, config } from '#lib/config/env.ts';
import {
  type GuardedFetch,
  GuardedFetchError,
  type GuardedResponse,
  guardedFetch,
} from '#lib/guarded-fetch/guarded-fetch.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { isObject } from '#lib/text/json.ts';
import { clientIdUrlRules } from './client-id-url.ts';
import { publicLink, reservedHost, whereToFetch } from './client-links.ts';
import { type Document, judgeDocument } from './client-metadata-rules.ts';
import { cimd, fail, pass, type Rule, type RuleName } from './client-rule.ts';

export type { Outcome, Rule } from './client-rule.ts';

/** What reading a client's metadata document showed. */
export type ClientMetadataReading = {
  clientId: string;
  /** Host of the client id: what is proved when `verified`. Empty when the client id is no URL. */
  host: string;
  /** Whether no rule failed. */
  verified: boolean;
  /** The document as served, when it was a JSON object. Untrusted. */
  document: Document | undefined;
  rules: Rule[];
  /** `client_name`, cleaned; a claim. Empty without a document. */
  name: string;
  /** A sentence when name or host read like somebody else's well-known client. */
  lookAlike: string | undefined;
  /** Whether every redirect URI leads to the person's own machine, so that any program there can be this client. */
  localOnly: boolean;
  /** `logo_uri` of a verified document, when it may be fetched. */
  logoUri: string | undefined;
};

export type ReadOptions = {
  /** Who is asking, for the limit per person. */
  limitKey?: string;
  signal?: AbortSignal;
  /** Reads the document again, also when a copy is kept. */
  fresh?: boolean;
};

type Settings = Pick<Config, 'loopback' | 'appUrl'>;
export type ReaderDependencies = { fetch: GuardedFetch; settings: () => Settings; now: () => number };

/** CIMD -02 section 8.7: at most 5 kilobytes are read. */
const MAX_BYTES = 5 * 1024;
const TIMEOUT_MS = 3000;
const MIN_CACHE_SECONDS = 60;
const MAX_CACHE_SECONDS = 3600;

const RULES = {
  fetch: { id: 'fetch', title: 'The document can be fetched', section: `${cimd('5')}, ${cimd('8.6')}` },
  status: { id: 'status', title: 'It is answered with 200, without a redirect', section: cimd('5') },
  size: { id: 'size', title: 'It is at most 5 KB', section: cimd('8.7') },
  type: { id: 'media_type', title: 'It is served as JSON', section: cimd('4') },
  json: { id: 'json', title: 'It is a JSON object', section: `${cimd('4')}, RFC 8259` },
} satisfies Record<string, RuleName>;

type Cache = LRUCache<string, ClientMetadataReading>;

const newCache = (now: () => number): Cache =>
  new LRUCache({ max: 500, ttl: MIN_CACHE_SECONDS * 1000, ttlResolution: 0, perf: { now } });

/** Makes a reader with a cache of its own. The product uses {@link readClientMetadata}. */
export function createClientMetadataReader(
  { fetch, settings, now }: ReaderDependencies,
  cache: Cache = newCache(now),
) {
  return async (clientId: string, options: ReadOptions = {}): Promise<ClientMetadataReading> => {
    const kept = options.fresh ? undefined : cache.get(clientId);
    if (kept !== undefined) return kept;
    const { reading, cacheSeconds } = await read(clientId, options, fetch, settings());
    // CIMD -02 section 5.2: neither errors nor invalid documents are kept.
    if (reading.verified) cache.set(clientId, reading, { ttl: cacheSeconds * 1000 });
    else cache.delete(clientId);
    return reading;
  };
}

const processCache = perProcess('client-metadata', () => newCache(() => performance.now()));

/**
 * Reads and judges the client metadata document behind a client id (draft-ietf-oauth-client-id-metadata-document-02),
 * through the guarded fetch, in at most 3 s. Never throws for anything the client does: every outcome is a rule.
 *
 * A verified reading is kept as long as its `Cache-Control` says, but at least a minute and at most an hour.
 *
 * @param clientId - as in the token or grant; anything but an `https` URL is judged without any request
 * @throws {GuardedFetchError} `limited`, when too much was asked: that says nothing about the client
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
  const rules = clientIdUrlRules(clientId, reserved);
  const url = URL.parse(clientId);
  const host = url?.host ?? '';
  const without = (more: Rule[]): Read => ({
    reading: {
      ...{ clientId, host, verified: false, document: undefined, rules: [...rules, ...more] },
      ...{ name: '', lookAlike: undefined, localOnly: false, logoUri: undefined },
    },
    cacheSeconds: 0,
  });
  if (url === null || rules.some(({ outcome }) => outcome === 'fail')) return without([]);

  const where = whereToFetch(url, settings);
  let answer: GuardedResponse;
  try {
    answer = await fetch(where.url, {
      ...{ accept: 'application/json', maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS },
      ...{ allowLoopback: where.allowLoopback, limitKey, signal },
    });
  } catch (error) {
    if (!(error instanceof GuardedFetchError) || error.code === 'limited') throw error;
    return without([fail(error.code === 'too_large' ? RULES.size : RULES.fetch, error.message)]);
  }
  const served = servedDocument(answer);
  if (served.document === undefined) return without(served.rules);

  const { rules: judged, ...claims } = judgeDocument(served.document, clientId, reserved);
  const all = [...rules, ...served.rules, ...judged];
  const verified = all.every(({ outcome }) => outcome !== 'fail');
  const logoUri = verified ? publicLink(served.document.logo_uri, reserved)?.href : undefined;
  return {
    reading: { clientId, host, verified, document: served.document, rules: all, ...claims, logoUri },
    cacheSeconds: cacheSeconds(answer.headers),
  };
}

/** The rules about the answer itself, and the document in it unless it is no JSON object. */
function servedDocument({ status, headers, body }: GuardedResponse): {
  rules: Rule[];
  document: Document | undefined;
} {
  const rules = [pass(RULES.fetch, 'answered')];
  if (status !== 200) {
    const location = headers.get('location');
    rules.push(fail(RULES.status, `${status}${location === null ? '' : ` to ${location}`}`));
    return { rules, document: undefined };
  }
  const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isJson = /^application\/([a-z0-9!#$&^_.-]+\+)?json$/.test(mediaType);
  rules.push(
    pass(RULES.status, '200'),
    pass(RULES.size, `${body.length} bytes`),
    isJson ? pass(RULES.type, mediaType) : fail(RULES.type, mediaType || 'no media type'),
  );
  const document = jsonObject(body);
  rules.push(document === undefined ? fail(RULES.json, 'something else') : pass(RULES.json, 'yes'));
  return { rules, document };
}

function jsonObject(body: Uint8Array): Document | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How long an answer may be kept, in seconds, within our bounds (CIMD -02 section 5.2, RFC 9111 section 5.2.2). */
function cacheSeconds(headers: Headers): number {
  const maxAge = /(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})/i.exec(headers.get('cache-control') ?? '')?.[1];
  const age = /^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0];
  const seconds = Number(maxAge ?? 0) - Number(age ?? 0);
  return Math.min(Math.max(seconds, MIN_CACHE_SECONDS), MAX_CACHE_SECONDS);
}
