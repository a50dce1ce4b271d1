import type { KoaContextWithOIDC as Context } from 'oidc-provider';

export type Handler = (ctx: Context, ...segments: string[]) => Promise<void> | void;
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  pattern: RegExp;
  handler: Handler;
};

/**
 * A route. `:name` in `path` matches one segment, which the handler receives decoded. A client id that is a URL is one
 * segment when it is percent-encoded.
 */
export function route(method: Route['method'], path: string, handler: Handler): Route {
  return { method, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`), handler };
}

/** Runs the route that matches, or the next middleware. */
export function dispatch(routes: readonly Route[]) {
  return async (ctx: Context, next: () => Promise<unknown>): Promise<void> => {
    const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
    for (const { method: wanted, pattern, handler } of routes) {
      const match = wanted === method ? pattern.exec(ctx.path) : null;
      const segments = match?.slice(1).map(decode);
      if (segments?.every((segment) => segment !== undefined)) {
        await handler(ctx, ...segments);
        return;
      }
    }
    await next();
  };
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
