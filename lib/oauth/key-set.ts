import { boundedBody } from '#lib/http/bounded-body.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { member } from '#lib/text/json.ts';
import { AccessTokenRejectedError } from './rejection.ts';

const MAX_BYTES = 64 * 1024;
const EARLY_TIMEOUT_MS = 3_000;
/** Age up to which a key set that was fetched early is used. */
const EARLY_MAX_AGE_MS = 10_000;

type Early = { at: number; response: Promise<Response | undefined> };
const early = perProcess('early-key-sets', () => new Map<string, Early>());

/** The key set cannot be fetched now. The token may be valid, so the response is 503 and not 401. */
export function keysUnavailable(detail: string): AccessTokenRejectedError {
  return new AccessTokenRejectedError({ reason: 'keys_unavailable', detail });
}

/**
 * Fetches a key set for jose: status 200, JSON with at least one key, at most 64 KB, no redirect.
 *
 * @throws {AccessTokenRejectedError} `keys_unavailable`
 */
export async function fetchKeySet(url: string, init: RequestInit): Promise<Response> {
  return (await takeEarly(url)) ?? (await fetchNow(url, init));
}

async function fetchNow(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.status !== 200) throw keysUnavailable(`the JWKS URL answered ${response.status}`);
  const bytes = await boundedBody(response, MAX_BYTES);
  if (bytes === undefined) throw keysUnavailable('the key set is too large');
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw keysUnavailable('the key set is not JSON');
  }
  const keys = member(document, 'keys');
  if (!Array.isArray(keys) || keys.length === 0) throw keysUnavailable('the key set has no keys');
  return Response.json(document);
}

/**
 * Fetches a key set while the modules load that need it. The next {@link fetchKeySet} of this process uses it, and fetches
 * again when this fails. Never throws.
 */
export function fetchEarly(url: string): void {
  const signal = AbortSignal.timeout(EARLY_TIMEOUT_MS);
  const response = fetchNow(url, { signal }).catch(() => undefined);
  early().set(url, { at: performance.now(), response });
}

async function takeEarly(url: string): Promise<Response | undefined> {
  const found = early().get(url);
  early().delete(url);
  if (found && performance.now() - found.at < EARLY_MAX_AGE_MS) return await found.response;
}
