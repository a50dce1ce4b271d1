import type { Config } from '#lib/config/env.ts';
import { authorizationServerMetadataUrl } from '#lib/config/urls.ts';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { publicJson, refuseMethod } from '#lib/http/responses.ts';
import { member } from '#lib/text/json.ts';
import { RETRY_AFTER_SECONDS, unavailableResponse } from './challenge.ts';

const CACHE_SECONDS = 300;
const TIMEOUT_MS = 3000;
const MAX_BYTES = 64 * 1024;

type Document = { issuer: string } & Record<string, unknown>;
type Settings = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback'>;

/** The issuer's metadata cannot be had, or is not its own. `message` says which, for the operator. */
export class IssuerMetadataUnavailableError extends Error {
  readonly code = 'issuer_metadata_unavailable';
}

const cached = new Map<string, { document: Document; until: number }>();
const underWay = new Map<string, Promise<Document>>();
const failedUntil = new Map<string, number>();

/**
 * The metadata of the configured authorization server (RFC 8414), fetched and kept for five minutes; many
 * callers share one fetch, and after a failure the next fetch is {@link RETRY_AFTER_SECONDS} later.
 *
 * @throws {IssuerMetadataUnavailableError} when it does not answer 200 with JSON in 3 s, or names another issuer
 *   (RFC 8414 section 3.3)
 */
export async function issuerMetadata(config: Settings, now: number = Date.now()): Promise<Document> {
  const url = authorizationServerMetadataUrl(config);
  const known = cached.get(url);
  if (known !== undefined && now < known.until) return known.document;
  if (now < (failedUntil.get(url) ?? 0))
    throw new IssuerMetadataUnavailableError('it could not be had a moment ago');
  let fetching = underWay.get(url);
  if (fetching === undefined) {
    fetching = fetchMetadata(url, config.authkitDomain)
      .then((document) => {
        cached.set(url, { document, until: now + CACHE_SECONDS * 1000 });
        return document;
      })
      .catch((error: unknown) => {
        failedUntil.set(url, now + RETRY_AFTER_SECONDS * 1000);
        throw error;
      })
      .finally(() => underWay.delete(url));
    underWay.set(url, fetching);
  }
  return fetching;
}

async function fetchMetadata(url: string, issuer: string): Promise<Document> {
  try {
    const response = await fetch(url, {
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json' },
    });
    if (response.status !== 200) throw new IssuerMetadataUnavailableError(`it answered ${response.status}`);
    const bytes = await boundedBody(response, MAX_BYTES);
    if (bytes === undefined) throw new IssuerMetadataUnavailableError('it is too large');
    const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (member(document, 'issuer') !== issuer)
      throw new IssuerMetadataUnavailableError(`it names an issuer other than ${issuer}`);
    return document as Document;
  } catch (error) {
    if (error instanceof IssuerMetadataUnavailableError) throw error;
    throw new IssuerMetadataUnavailableError(error instanceof Error ? error.message : 'it cannot be reached');
  }
}

/**
 * Mirrors the issuer's metadata at our own origin, where clients of the 2025-03-26 revision look for it.
 * Upstream away means 503 with `Retry-After`: an old copy could send people to a wrong place.
 */
export async function issuerMetadataResponse(request: Request, config: Settings): Promise<Response> {
  const refused = refuseMethod(request);
  if (refused !== undefined) return refused;
  try {
    return publicJson(request, await issuerMetadata(config), CACHE_SECONDS);
  } catch (error) {
    if (error instanceof IssuerMetadataUnavailableError) return unavailableResponse();
    throw error;
  }
}
