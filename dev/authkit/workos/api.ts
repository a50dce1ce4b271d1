import { timingSafeEqual } from 'node:crypto';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { HttpError } from '../http/http-error.ts';
import type { Handler } from '../http/routes.ts';

/** Runs a handler only for requests with the API key of the environment. */
export function withApiKey(apiKey: string, handler: Handler): Handler {
  return (ctx, ...segments) => {
    if (!sameText(ctx.get('authorization'), `Bearer ${apiKey}`))
      throw new HttpError(401, 'unauthorized', 'Unauthorized');
    return handler(ctx, ...segments);
  };
}

/** The error body of the authentication endpoint (RFC 6749 section 5.2). */
export function oauthError(ctx: Context, status: number, error: string, description: string): void {
  ctx.status = status;
  ctx.body = { error, error_description: description };
}

export function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
