import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import type { Behaviour } from '../options.ts';

const OPEN = new Set([
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/oauth2/jwks',
  '/oauth2/register',
  '/oauth2/userinfo',
]);
const TOKEN = '/oauth2/token';

/**
 * Lets clients in a browser discover and register from any origin, and redeem codes from the origins that are
 * configured. From others the preflight succeeds and the answer cannot be read, as at AuthKit. None of these endpoints
 * reads a cookie. It runs before `oidc-provider`, which then sets no CORS headers of its own.
 */
export const cors = (behaviour: Behaviour) => async (ctx: Context, next: () => Promise<unknown>) => {
  if (!OPEN.has(ctx.path) && ctx.path !== TOKEN) {
    await next();
    return;
  }
  const preflight = ctx.method === 'OPTIONS';
  const origin = ctx.get('origin');
  if (OPEN.has(ctx.path)) ctx.set('access-control-allow-origin', '*');
  else if (preflight || behaviour.corsOrigins.includes(origin)) {
    ctx.set('access-control-allow-origin', origin);
    ctx.vary('Origin');
  }
  ctx.set('access-control-expose-headers', 'WWW-Authenticate');
  if (!preflight) {
    await next();
    return;
  }
  ctx.set('access-control-allow-methods', 'GET, POST, OPTIONS');
  ctx.set('access-control-allow-headers', 'Authorization, Content-Type, MCP-Protocol-Version');
  ctx.set('access-control-max-age', '3600');
  ctx.status = 204;
};
