import type { KoaContextWithOIDC as Context } from 'oidc-provider';

const OPEN = new Set([
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/oauth2/jwks',
  '/oauth2/token',
  '/oauth2/register',
  '/oauth2/userinfo',
]);

/**
 * Lets clients in a browser, from any origin, discover, register and redeem codes. None of these endpoints reads a
 * cookie. It runs before `oidc-provider`, which then sets no CORS headers of its own.
 */
export async function cors(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  if (!OPEN.has(ctx.path)) {
    await next();
    return;
  }
  ctx.set('access-control-allow-origin', '*');
  ctx.set('access-control-expose-headers', 'WWW-Authenticate');
  if (ctx.method !== 'OPTIONS') {
    await next();
    return;
  }
  ctx.set('access-control-allow-methods', 'GET, POST, OPTIONS');
  ctx.set('access-control-allow-headers', 'Authorization, Content-Type, MCP-Protocol-Version');
  ctx.set('access-control-max-age', '3600');
  ctx.status = 204;
}
