type Handler = (request: Request) => Response | Promise<Response>;

/**
 * One handler for every method that Next calls a route with, so that the handler itself answers those it does not
 * support.
 *
 * @example
 * export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = everyMethod(serve);
 */
export function everyMethod(handler: Handler) {
  return {
    DELETE: handler,
    GET: handler,
    HEAD: handler,
    OPTIONS: handler,
    PATCH: handler,
    POST: handler,
    PUT: handler,
  };
}
