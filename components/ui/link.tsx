import type { Route } from 'next';
import type { ComponentProps } from 'react';

/**
 * A link to a page of this site: a plain `<a>`, because every page is rendered per request with a nonce of its own. An
 * `href` without a route under `app/` is a type error.
 */
export function Link<Path extends string>({
  href,
  ...props
}: Omit<ComponentProps<'a'>, 'href'> & { href: Route<Path> }) {
  return <a {...props} href={href} />;
}
