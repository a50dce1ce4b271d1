import { createHash } from 'node:crypto';
import type { Config } from '#lib/config/env.ts';
import { clientMetadataUrl, inspectorCallbackUrl } from '#lib/config/urls.ts';
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

/** Seconds that others may keep our documents. */
const MAX_AGE_SECONDS = 600;

/**
 * The document that the inspector signs in with. The same for the same configuration, in the same order.
 *
 * It names no `scope`: a server that checks the document against its own list would refuse one it does not know,
 * and the inspector asks each server for the scopes of that server.
 */
export function ownClientMetadata(config: OwnClient): OwnClientMetadata {
  const clientId = clientMetadataUrl(config);
  const key = clientKey(config);
  const { contacts, policyUri, tosUri } = config.client;
  return {
    client_id: clientId,
    client_name: `${config.serverName} inspector`,
    client_uri: new URL('/', clientId).href,
    logo_uri: new URL('/logo.png', clientId).href,
    redirect_uris: [inspectorCallbackUrl(config)],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    // A `web` client may not come back to plain http on this machine (OpenID Connect Registration section 2).
    application_type: config.loopback ? 'native' : 'web',
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
  return publicDocument(request, () => ownClientMetadata(config));
}

/** Answers a request for the public keys of our client, an empty JWK Set when it has none (RFC 7517 section 5). */
export function clientJwksResponse(request: Request, config: Pick<Config, 'client'>): Response {
  return publicDocument(request, () => {
    const key = clientKey(config);
    return { keys: key === undefined ? [] : [key.publicJwk] };
  });
}

const ALLOW = 'GET, HEAD, OPTIONS';
const CORS = { 'access-control-allow-origin': '*' };

function publicDocument(request: Request, document: () => unknown): Response {
  if (request.method === 'OPTIONS')
    return new Response(null, {
      status: 204,
      headers: {
        ...CORS,
        allow: ALLOW,
        'access-control-allow-methods': ALLOW,
        'access-control-max-age': '600',
      },
    });
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return new Response(null, { status: 405, headers: { ...CORS, allow: ALLOW } });

  const body = JSON.stringify(document(), null, 2);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const headers = {
    ...CORS,
    'content-type': 'application/json',
    'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
    etag,
    'x-content-type-options': 'nosniff',
  };
  const known = request.headers.get('if-none-match')?.split(',');
  if (known?.some((tag) => tag.trim().replace(/^W\//, '') === etag))
    return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}
