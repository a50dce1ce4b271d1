import type { Config } from './env.ts';
import { OAUTH_CALLBACK_PATHS } from './pages.ts';

type Urls = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback'>;

/**
 * The resource identifier of this server (RFC 8707 section 2, RFC 9728 section 1.2): the URL that users paste into a
 * client, the `resource` of authorization requests and the `aud` of access tokens. Nothing else builds this URL.
 */
export function resourceUrl({ appUrl }: Urls): string {
  return `${appUrl}/mcp`;
}

/** URL of the protected resource metadata of {@link resourceUrl} (RFC 9728 section 3.1). */
export function protectedResourceMetadataUrl({ appUrl }: Urls): string {
  return `${appUrl}/.well-known/oauth-protected-resource/mcp`;
}

/** URL of the authorization server metadata of the issuer (RFC 8414 section 3). */
export function authorizationServerMetadataUrl({ authkitDomain }: Urls): string {
  return `${authkitDomain}/.well-known/oauth-authorization-server`;
}

/** URL of the JWK Set whose keys sign access tokens. */
export function jwksUrl({ authkitDomain }: Urls): string {
  return `${authkitDomain}/oauth2/jwks`;
}

/** Path of our own client metadata document; its URL is {@link clientMetadataUrl}. */
export const CLIENT_METADATA_PATH = '/oauth/client-metadata.json';

/** Host that local AuthKit maps to `APP_URL`. RFC 2606 reserves `.test`, so it has no owner. */
export const RESERVED_CLIENT_HOST = 'client.test';

/**
 * Our own `client_id`, the URL of our client metadata document. A `client_id` must be an `https` URL, so a
 * loopback deployment uses the reserved host that local AuthKit maps to `APP_URL`.
 */
export function clientMetadataUrl({ appUrl, loopback }: Urls): string {
  return `${loopback ? `https://${RESERVED_CLIENT_HOST}` : appUrl}${CLIENT_METADATA_PATH}`;
}

/** Redirect URI of a program on the user's computer, which adds a port of its own (RFC 8252 section 7.3). */
const LOOPBACK_REDIRECT_URI = 'http://127.0.0.1/callback';

/**
 * Redirect URIs of our own client: the callbacks of its pages, or the loopback one of `npm run demo` when no page is a
 * client.
 */
export function clientRedirectUris(
  { appUrl }: Pick<Urls, 'appUrl'>,
  callbackPaths: readonly string[] = OAUTH_CALLBACK_PATHS,
): readonly [string, ...string[]] {
  const [first, ...others] = callbackPaths.map((path) => `${appUrl}${path}`);
  return first === undefined ? [LOOPBACK_REDIRECT_URI] : [first, ...others];
}

/** Redirect URI of the sign-in to the pages. */
export function signInCallbackUrl({ appUrl }: Urls): string {
  return `${appUrl}/callback`;
}
