import type { Config } from '#lib/config/env.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { clientMetadataUrl, clientRedirectUris } from '#lib/config/urls.ts';
import { publicJson } from '#lib/http/responses.ts';
import { clientKey } from './client-key.ts';

/** Our own client metadata document (draft-ietf-oauth-client-id-metadata-document-02 section 4, RFC 7591 section 2). */
export type OwnClientMetadata = {
  client_id: string;
  client_name: string;
  client_uri: string;
  logo_uri: string;
  redirect_uris: readonly string[];
  grant_types: readonly string[];
  response_types: readonly string[];
  application_type: 'web' | 'native';
  token_endpoint_auth_method: 'none' | 'private_key_jwt';
  token_endpoint_auth_signing_alg?: string;
  jwks_uri?: string;
  contacts?: readonly string[];
  policy_uri?: string;
  tos_uri?: string;
};

type OwnClient = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback' | 'serverName' | 'client'>;

/** How long our documents may be cached. */
const CACHE_SECONDS = 600;

/**
 * The document with which this deployment is a client of MCP servers. The same configuration gives the same bytes.
 *
 * It has no `scope`: a server that checks the document against its own list would refuse a scope it does not know, and
 * our client asks each server for the scopes of that server.
 *
 * @param redirectUris - {@link clientRedirectUris}
 */
export function ownClientMetadata(
  config: OwnClient,
  redirectUris: readonly string[] = clientRedirectUris(config),
): OwnClientMetadata {
  const clientId = clientMetadataUrl(config);
  const key = clientKey(config);
  const { contacts, policyUri, tosUri } = config.client;
  return {
    client_id: clientId,
    client_name: `${config.serverName} client`,
    client_uri: new URL('/', clientId).href,
    logo_uri: new URL('/logo.png', clientId).href,
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    // A `web` client may not have a redirect URI of plain http on loopback (OpenID Connect Registration section 2).
    application_type: redirectUris.every((uri) => isLoopback(new URL(uri))) ? 'native' : 'web',
    ...(key === undefined
      ? { token_endpoint_auth_method: 'none' }
      : {
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: key.algorithm,
          jwks_uri: new URL('/oauth/jwks.json', clientId).href,
        }),
    ...(contacts.length > 0 ? { contacts } : {}),
    ...(policyUri === undefined ? {} : { policy_uri: policyUri }),
    ...(tosUri === undefined ? {} : { tos_uri: tosUri }),
  };
}

/** Answers a request for our client metadata document: GET, HEAD and OPTIONS from any origin, else 405. */
export function clientMetadataResponse(request: Request, config: OwnClient): Response {
  return publicJson(request, ownClientMetadata(config), CACHE_SECONDS);
}

/** Answers a request for the public keys of our client, an empty JWK Set when it has none (RFC 7517 section 5). */
export function clientJwksResponse(request: Request, config: Pick<Config, 'client'>): Response {
  const key = clientKey(config);
  return publicJson(request, { keys: key === undefined ? [] : [key.publicJwk] }, CACHE_SECONDS);
}
