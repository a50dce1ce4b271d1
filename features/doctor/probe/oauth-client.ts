import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { isObject } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 256 * 1024;
/** How long a person has for one sign-in. */
const PERSON_TIMEOUT_MS = 10 * 60_000;

export type JsonAnswer = { status: number; headers: Headers; body: Readonly<Record<string, unknown>> };

/** Sends a request and reads a JSON object; `body` is empty for anything else. */
export async function requestJson(url: string, init: RequestInit = {}): Promise<JsonAnswer> {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...init,
    headers: { accept: 'application/json', ...init.headers },
  });
  const bytes = await boundedBody(response, MAX_BYTES);
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    body = undefined;
  }
  return { status: response.status, headers: response.headers, body: isObject(body) ? body : {} };
}

/** `error` and `error_description` of an OAuth error response, safe to display. */
function oauthErrorOf({ status, body }: Pick<JsonAnswer, 'status' | 'body'>): string {
  const text = [body.error, body.error_description].filter((part) => typeof part === 'string').join(': ');
  return `${status}${text === '' ? '' : ` ${sanitize(text, 160)}`}`;
}

export type Tokens = {
  accessToken: string;
  refreshToken: string | undefined;
  /** `scope` of the token response. */
  scope: string | undefined;
  /** Whether a browser on another origin may read the token response. */
  readableByBrowsers: boolean;
};

/** A client of the authorization server that the probe plays. */
export type ProbeClient = { clientId: string; redirectUri: string };

export type Endpoints = { authorizationEndpoint: string; tokenEndpoint: string };

/** Receives redirects of the browser at a loopback address. */
export type Loopback = {
  port: number;
  /** The next redirect with this `state`. */
  next(state: string): Promise<URLSearchParams>;
  close(): void;
};

/** Listens on a free port of this computer (RFC 8252 section 7.3). */
export async function listenForRedirects(): Promise<Loopback> {
  const waiting = new Map<string, (parameters: URLSearchParams) => void>();
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const deliver = waiting.get(searchParams.get('state') ?? '');
    waiting.delete(searchParams.get('state') ?? '');
    response.writeHead(deliver ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
    response.end(deliver ? 'Received. Go back to the terminal.\n' : 'Nothing is expected here.\n');
    deliver?.(searchParams);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async next(state) {
      const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>();
      waiting.set(state, resolve);
      const timer = setTimeout(
        () => reject(new ProbeError('The browser did not return.')),
        PERSON_TIMEOUT_MS,
      );
      return promise.finally(() => clearTimeout(timer));
    },
    close: () => server.close(),
  };
}

/** A step did not give what the next one needs. The message is safe to display. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
}

export type Authorization = { resource?: string; scope?: string };

/**
 * Signs a person in: authorization request with PKCE (RFC 7636), redirect, token request.
 *
 * @param open - shows the URL to the person
 * @throws {ProbeError} with the error of the authorization server
 */
export async function signInWith(
  client: ProbeClient,
  { authorizationEndpoint, tokenEndpoint }: Endpoints,
  { resource, scope }: Authorization,
  loopback: Loopback,
  open: (url: string) => void,
): Promise<Tokens> {
  const state = randomBytes(16).toString('base64url');
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(authorizationEndpoint);
  const query = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    ...(resource === undefined ? {} : { resource }),
    ...(scope === undefined ? {} : { scope }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const returned = loopback.next(state);
  open(url.href);
  const answer = await returned;
  const code = answer.get('code');
  if (code === null)
    throw new ProbeError(
      `The authorization response has no code: ${sanitize(answer.get('error') ?? 'no error either', 80)} ${sanitize(answer.get('error_description') ?? '', 160)}`.trim(),
    );
  return tokenRequest(tokenEndpoint, {
    grant_type: 'authorization_code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    code,
    code_verifier: verifier,
    ...(resource === undefined ? {} : { resource }),
  });
}

/** @throws {ProbeError} with the error of the authorization server */
export async function refreshWith(
  client: ProbeClient,
  { tokenEndpoint }: Endpoints,
  refreshToken: string,
): Promise<Tokens> {
  return tokenRequest(tokenEndpoint, {
    grant_type: 'refresh_token',
    client_id: client.clientId,
    refresh_token: refreshToken,
  });
}

/** An origin that no AuthKit has as a CORS origin. */
const FOREIGN_ORIGIN = 'https://browser-client.example';

async function tokenRequest(tokenEndpoint: string, form: Record<string, string>): Promise<Tokens> {
  const answer = await requestJson(tokenEndpoint, {
    method: 'POST',
    headers: { origin: FOREIGN_ORIGIN },
    body: new URLSearchParams(form),
  });
  const { access_token, refresh_token, scope } = answer.body;
  if (answer.status !== 200 || typeof access_token !== 'string') throw new ProbeError(oauthErrorOf(answer));
  const allowed = answer.headers.get('access-control-allow-origin');
  return {
    accessToken: access_token,
    refreshToken: typeof refresh_token === 'string' ? refresh_token : undefined,
    scope: typeof scope === 'string' ? scope : undefined,
    readableByBrowsers: allowed === '*' || allowed === FOREIGN_ORIGIN,
  };
}

/**
 * Registers a client (RFC 7591).
 *
 * @throws {ProbeError} with the error of the authorization server
 */
export async function registerClient(endpoint: string, redirectUri: string): Promise<ProbeClient> {
  const answer = await requestJson(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Doctor probe',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
  });
  const { client_id } = answer.body;
  if (typeof client_id !== 'string') throw new ProbeError(oauthErrorOf(answer));
  return { clientId: client_id, redirectUri };
}
