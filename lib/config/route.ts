import type { Route } from 'next';

/** `path` itself; a path without a route under `app/` is a type error. For what is not a link: `action={route('/clients')}`. */
export function route<Path extends string>(path: Route<Path>): Route<Path> {
  return path;
}
