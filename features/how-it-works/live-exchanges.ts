import type { Config } from '#lib/config/env.ts';
import {
  authorizationServerMetadataUrl,
  clientMetadataUrl,
  clientRedirectUris,
  protectedResourceMetadataUrl,
  resourceUrl,
} from '#lib/config/urls.ts';
import { IssuerMetadataUnavailableError, issuerMetadata } from '#lib/oauth/authorization-server-metadata.ts';
import { challengeResponse } from '#lib/oauth/challenge.ts';
import { protectedResourceMetadataResponse } from '#lib/oauth/protected-resource-metadata.ts';

type Settings = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback' | 'serverName'>;

/** A request of discovery and the response of this deployment. */
export type LiveExchange = {
  /** Method and URL. */
  request: string;
  /** Status and reason. */
  status: string;
  /** The header fields to show, `name: value`. */
  headers: readonly string[];
  /** Body, parsed from JSON. */
  body: unknown;
};

/** Step 1: a call without a token. The response is made by the function that challenges real calls. */
export async function challengeExchange(config: Settings): Promise<LiveExchange> {
  const response = challengeResponse({ reason: 'missing' }, config, '2026-07-28');
  return {
    request: `POST ${resourceUrl(config)}`,
    status: `${response.status} Unauthorized`,
    headers: [`WWW-Authenticate: ${response.headers.get('www-authenticate')}`],
    body: await response.json(),
  };
}

/** Step 2: the protected resource metadata (RFC 9728), as served. */
export async function protectedResourceExchange(config: Settings): Promise<LiveExchange> {
  const url = protectedResourceMetadataUrl(config);
  const response = protectedResourceMetadataResponse(new Request(url), config);
  return {
    request: `GET ${url}`,
    status: `${response.status} OK`,
    headers: [`Content-Type: ${response.headers.get('content-type')}`],
    body: await response.json(),
  };
}

/** Step 3: the authorization server's metadata (RFC 8414), or `undefined` while it cannot be fetched. */
export async function authorizationServerExchange(config: Settings): Promise<LiveExchange | undefined> {
  try {
    return {
      request: `GET ${authorizationServerMetadataUrl(config)}`,
      status: '200 OK',
      headers: ['Content-Type: application/json'],
      body: await issuerMetadata(config),
    };
  } catch (error) {
    if (error instanceof IssuerMetadataUnavailableError) return undefined;
    throw error;
  }
}

/**
 * Step 4: the authorization request, with our own client metadata document as the client. The code challenge is the
 * example of RFC 7636 appendix B.
 */
export function authorizationRequest(
  config: Settings,
  metadata: { authorization_endpoint?: unknown } | undefined,
): URL {
  const endpoint = metadata?.authorization_endpoint;
  const url = new URL(typeof endpoint === 'string' ? endpoint : `${config.authkitDomain}/oauth2/authorize`);
  const parameters = {
    response_type: 'code',
    client_id: clientMetadataUrl(config),
    redirect_uri: clientRedirectUris(config)[0],
    resource: resourceUrl(config),
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}
