import { timingSafeEqual } from 'node:crypto';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { HttpError } from '../http/http-error.ts';
import type { Handler } from '../http/routes.ts';
import type { Settings } from '../options.ts';

/** Makes a handler of the WorkOS API: it needs the API key, and counts against its limit. */
export type Api = (handler: Handler) => Handler;

const WINDOW_MS = 60_000;

export function workosApi({ apiKey, behaviour }: Settings): Api {
  let since = 0;
  let requests = 0;
  return (handler) =>
    (ctx, ...segments) => {
      requireApiKey(ctx, apiKey);
      const now = Date.now();
      if (now - since >= WINDOW_MS) [since, requests] = [now, 0];
      requests++;
      if (requests > behaviour.requestsPerMinute) {
        ctx.set('retry-after', String(Math.ceil((since + WINDOW_MS - now) / 1000)));
        throw new HttpError(429, 'too_many_requests', 'Too many requests. Try again later.');
      }
      return handler(ctx, ...segments);
    };
}

/** @throws {HttpError} 401 without the API key of the environment */
export function requireApiKey(ctx: Context, apiKey: string): void {
  if (!sameText(ctx.get('authorization'), `Bearer ${apiKey}`))
    throw new HttpError(401, 'unauthorized', 'Unauthorized');
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
