import type { Config } from '#lib/config/env.ts';
import { authorizationServerMetadataUrl } from '#lib/config/urls.ts';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { publicJson, refuseMethod } from '#lib/http/responses.ts';
import { isObject } from '#lib/text/json.ts';
import { RETRY_AFTER_SECONDS, unavailableResponse } from './challenge.ts';

const CACHE_SECONDS = 300;
const TIMEOUT_MS = 3000;
const MAX_BYTES = 64 * 1024;

type IssuerMetadata = { issuer: string } & Record<string, unknown>;
type Settings = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback'>;

/** The metadata of the issuer cannot be fetched or names another issuer. `message` has the reason, for the operator. */
export class IssuerMetadataUnavailableError extends Error {
  override readonly name = 'IssuerMetadataUnavailableError';
  readonly code = 'issuer_metadata_unavailable';
}

const cached = new Map<string, { document: IssuerMetadata; until: number }>();
const pending = new Map<string, Promise<IssuerMetadata>>();
const failedUntil = new Map<string, number>();

/**
 * The metadata of the configured authorization server (RFC 8414), cached for five minutes. Concurrent callers share one
 * fetch, and a failed fetch is repeated after {@link RETRY_AFTER_SECONDS} at the earliest.
 *
 * @param now - milliseconds since the epoch
 * @throws {IssuerMetadataUnavailableError} when the response is not 200 with JSON within 3 s, or names another issuer
 *   (RFC 8414 section 3.3)
 */
export async function issuerMetadata(config: Settings, now: number = Date.now()): Promise<IssuerMetadata> {
  const url = authorizationServerMetadataUrl(config);
  const known = cached.get(url);
  if (known !== undefined && now < known.until) return known.document;
  if (now < (failedUntil.get(url) ?? 0))
    throw new IssuerMetadataUnavailableError('the last fetch of the metadata failed');
  let fetching = pending.get(url);
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
      .finally(() => pending.delete(url));
    pending.set(url, fetching);
  }
  return fetching;
}

async function fetchMetadata(url: string, issuer: string): Promise<IssuerMetadata> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json' },
    });
    if (response.status !== 200)
      throw new IssuerMetadataUnavailableError(`the metadata URL answered ${response.status}`);
    const bytes = await boundedBody(response, MAX_BYTES);
    if (bytes === undefined) throw new IssuerMetadataUnavailableError('the metadata is too large');
    const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isObject(document) || document.issuer !== issuer)
      throw new IssuerMetadataUnavailableError(`the metadata names an issuer other than ${issuer}`);
    return { ...document, issuer };
  } catch (error) {
    if (error instanceof IssuerMetadataUnavailableError) throw error;
    throw new IssuerMetadataUnavailableError(error instanceof Error ? error.message : 'unreachable');
  }
}

/**
 * Serves the issuer's metadata at our own origin, where clients of the MCP revision 2025-03-26 look for it. 503 with
 * `Retry-After` when the issuer is unavailable: an outdated copy could name endpoints that are no longer the issuer's.
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
