import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import type { Behaviour } from '../options.ts';
import { DEFAULT_SCOPE, SCOPES } from './scopes.ts';

/** Completes an authorization request where AuthKit accepts less than `oidc-provider` does. */
export function requestDefaults(behaviour: Behaviour) {
  return async (ctx: Context, next: () => Promise<unknown>): Promise<void> => {
    if (ctx.path === '/oauth2/authorize' && ctx.method === 'GET') {
      const query = new URLSearchParams(ctx.querystring);
      const before = query.toString();
      if (!query.get('scope'))
        query.set('scope', behaviour.omittedScope === 'all' ? SCOPES.join(' ') : DEFAULT_SCOPE);
      // `oidc-provider` drops `offline_access` without it (OpenID Connect Core 1.0 section 11).
      if (query.get('scope')?.split(' ').includes('offline_access') && !query.get('prompt'))
        query.set('prompt', 'consent');
      if (query.toString() !== before) ctx.querystring = query.toString();
    }
    await next();
    if (!behaviour.issInResponse) withoutIssuer(ctx);
  };
}

/** `oidc-provider` always adds `iss` (RFC 9207) to the redirect back to the client. */
function withoutIssuer(ctx: Context): void {
  const target = URL.parse(ctx.response.get('location'));
  if (target === null || target.searchParams.get('iss') !== ctx.oidc?.issuer) return;
  target.searchParams.delete('iss');
  ctx.set('location', target.href);
}
