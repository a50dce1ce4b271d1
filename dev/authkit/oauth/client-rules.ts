import { type ClientMetadata, errors } from 'oidc-provider';
import type { Behaviour } from '../options.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Grants of applications that the owner makes by hand; clients cannot register them. */
export const CLIENT_CREDENTIALS = 'client_credentials';
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

const GRANT_TYPES = ['authorization_code', 'refresh_token', DEVICE_GRANT];

/**
 * Applies AuthKit's rules to the metadata of a client, registered (RFC 7591) or read from its metadata document.
 * Changes `metadata` in place, before `oidc-provider` validates it.
 *
 * @param byHand - whether the owner made the application
 */
export function applyClientRules(
  metadata: ClientMetadata,
  { privateKeyJwt }: Pick<Behaviour, 'privateKeyJwt'>,
  byHand: boolean,
): void {
  // As `web`, which is assumed, a client could be sent back over plain http to any host, and on this machine only
  // to the port it registered. As `native` it is held to loopback, on any port (RFC 8252 sections 7.3 and 8.3).
  if (strings(metadata.redirect_uris).some((uri) => URL.parse(uri)?.protocol !== 'https:'))
    metadata.application_type = 'native';

  // A metadata document cannot hold a secret, so what `oidc-provider` assumes for a missing method is wrong.
  const fromDocument = /^https:/.test(metadata.client_id);
  if (fromDocument && /^client_secret/.test(metadata.token_endpoint_auth_method ?? 'client_secret_basic'))
    metadata.token_endpoint_auth_method =
      privateKeyJwt && (metadata.jwks || metadata.jwks_uri) ? 'private_key_jwt' : 'none';

  // Unsupported grant types are removed, not refused (RFC 7591 section 2).
  if (Array.isArray(metadata.grant_types)) {
    const allowed = byHand ? [CLIENT_CREDENTIALS, TOKEN_EXCHANGE] : GRANT_TYPES;
    const known = metadata.grant_types.filter((type) => allowed.includes(String(type)));
    metadata.grant_types = known.length > 0 ? known : ['authorization_code'];
  }

  // A client of the device grant alone redirects nowhere.
  if (Array.isArray(metadata.grant_types) && !metadata.grant_types.includes('authorization_code'))
    metadata.response_types = [];

  // A registered scope would be a ceiling, and a client that registers with the base scopes could never step up.
  delete metadata.scope;
}

/**
 * Reads the body of a registration in place: `null` of an optional member is absent, at every level, as Go, .NET and Java
 * clients write it.
 *
 * @throws {errors.InvalidRedirectUri} without a redirect URI for a flow that redirects (RFC 7591 section 2)
 */
export function readRegistration(body: unknown): void {
  dropNulls(body);
  const { redirect_uris: uris, grant_types: grantTypes } = body as Partial<ClientMetadata>;
  const redirects =
    !Array.isArray(grantTypes) || !grantTypes.length || grantTypes.includes('authorization_code');
  if (redirects && (uris === undefined || (Array.isArray(uris) && uris.length === 0)))
    throw new errors.InvalidRedirectUri('redirect_uris must name at least one URI');
}

function dropNulls(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value))
    if (member === null && !Array.isArray(value)) delete (value as Record<string, unknown>)[name];
    else dropNulls(member);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
