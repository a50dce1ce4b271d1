import type { ClientMetadata } from 'oidc-provider';
import type { Behaviour } from '../options.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const GRANT_TYPES = ['authorization_code', 'refresh_token', DEVICE_GRANT];

/**
 * Applies AuthKit's rules to the metadata of a client, registered (RFC 7591) or read from its metadata document.
 * Changes `metadata` in place, before `oidc-provider` validates it. `null` of an optional member is absent: Go, .NET and
 * Java clients write it.
 */
export function applyClientRules(
  metadata: ClientMetadata,
  { privateKeyJwt }: Pick<Behaviour, 'privateKeyJwt'>,
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
    const known = metadata.grant_types.filter((type) => GRANT_TYPES.includes(String(type)));
    metadata.grant_types = known.length > 0 ? known : ['authorization_code'];
  }

  // A registered scope would be a ceiling, and a client that registers with the base scopes could never step up.
  delete metadata.scope;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
