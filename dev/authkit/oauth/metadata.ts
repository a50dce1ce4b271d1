import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { type Route, route } from '../http/routes.ts';
import type { Behaviour } from '../options.ts';
import { DEVICE_GRANT } from './client-rules.ts';
import { SCOPES } from './scopes.ts';

export function clientAuthMethods({ privateKeyJwt }: Pick<Behaviour, 'privateKeyJwt'>) {
  const methods = ['none', 'client_secret_post', 'client_secret_basic'] as const;
  return privateKeyJwt ? ([...methods, 'private_key_jwt'] as const) : methods;
}

/**
 * The two metadata documents, as AuthKit publishes them: clients find CIMD and registration in the one of
 * RFC 8414 only.
 *
 * @param issuer - no trailing slash
 */
export function metadataRoutes(issuer: string, behaviour: Behaviour): Route[] {
  const shared = () => ({
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: `${issuer}/oauth2/token`,
    jwks_uri: `${issuer}/oauth2/jwks`,
    introspection_endpoint: `${issuer}/oauth2/introspection`,
    userinfo_endpoint: `${issuer}/oauth2/userinfo`,
    device_authorization_endpoint: `${issuer}/oauth2/device_authorization`,
    scopes_supported: SCOPES,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', DEVICE_GRANT],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: clientAuthMethods(behaviour),
    ...(behaviour.privateKeyJwt && {
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
    }),
    ...(behaviour.issInResponse && { authorization_response_iss_parameter_supported: true }),
  });
  const oauth = () => ({
    ...shared(),
    registration_endpoint: `${issuer}/oauth2/register`,
    ...(behaviour.cimd && { client_id_metadata_document_supported: true }),
  });
  const openid = () => ({
    ...shared(),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
  const document = (body: () => object) => (ctx: Context) => {
    ctx.set('cache-control', 'public, max-age=60');
    ctx.body = body();
  };
  return [
    route('GET', '/.well-known/oauth-authorization-server', document(oauth)),
    route('GET', '/.well-known/openid-configuration', document(openid)),
  ];
}
