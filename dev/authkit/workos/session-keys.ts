import type { JWK } from 'jose';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import { publicJwk } from '../state/keys.ts';

/** `GET /sso/jwks/:clientId`: the keys that verify the session tokens of the pages. */
export function sessionKeyRoutes(key: JWK, clientId: string): Route[] {
  return [
    route('GET', '/sso/jwks/:clientId', (ctx, requested) => {
      if (requested !== clientId) throw new HttpError(404, 'entity_not_found', 'This client does not exist.');
      ctx.set('cache-control', 'public, max-age=60');
      ctx.body = { keys: [publicJwk(key)] };
    }),
  ];
}
