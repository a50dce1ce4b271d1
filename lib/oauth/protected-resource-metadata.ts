import type { Config } from '#lib/config/env.ts';
import { DOCUMENTATION_PATH } from '#lib/config/pages.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { publicJson } from '#lib/http/responses.ts';
import { SUPPORTED_SCOPES } from './scopes.ts';

/** How long clients may cache the document. A changed issuer takes effect within this time. */
const CACHE_SECONDS = 300;

type Settings = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback' | 'serverName'>;

/** The metadata of this server as an OAuth protected resource (RFC 9728 section 2). */
function protectedResourceMetadata(config: Settings) {
  return {
    resource: resourceUrl(config),
    authorization_servers: [config.authkitDomain],
    bearer_methods_supported: ['header'],
    scopes_supported: [...SUPPORTED_SCOPES],
    resource_name: config.serverName,
    resource_documentation: `${config.appUrl}${DOCUMENTATION_PATH}`,
  };
}

/** Serves {@link protectedResourceMetadata} (RFC 9728 section 3.2) to any origin without credentials, cacheable. */
export function protectedResourceMetadataResponse(request: Request, config: Settings): Response {
  return publicJson(request, protectedResourceMetadata(config), CACHE_SECONDS);
}
