import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { DEFAULT_SCOPE } from './scopes.ts';

/** Completes an authorization request where AuthKit accepts less than `oidc-provider` does. */
export async function requestDefaults(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  if (ctx.path === '/oauth2/authorize' && ctx.method === 'GET') {
    const query = new URLSearchParams(ctx.querystring);
    const before = query.toString();
    if (!query.get('scope')) query.set('scope', DEFAULT_SCOPE);
    // `oidc-provider` drops `offline_access` without it (OpenID Connect Core 1.0 section 11).
    if (query.get('scope')?.split(' ').includes('offline_access') && !query.get('prompt'))
      query.set('prompt', 'consent');
    if (query.toString() !== before) ctx.querystring = query.toString();
  }
  await next();
}
