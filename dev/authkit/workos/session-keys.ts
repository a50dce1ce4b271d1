import type { JWK } from 'jose';
import { Problem } from '../http/problem.ts';
import { type Route, route } from '../http/routes.ts';
import { publicJwk } from '../state/keys.ts';

/** `GET /sso/jwks/:clientId`: what the session tokens of the pages are verified with. */
export function sessionKeyRoutes(key: JWK, clientId: string): Route[] {
  return [
    route('GET', '/sso/jwks/:clientId', (ctx, requested) => {
      if (requested !== clientId) throw new Problem(404, 'entity_not_found', 'There is no such client.');
      ctx.set('cache-control', 'public, max-age=60');
      ctx.body = { keys: [publicJwk(key)] };
    }),
  ];
}
