import type { Route } from 'next';
import { Link } from '#components/ui/link.tsx';
import { requestedPath } from '#lib/session/requested-path.ts';

/** A link of the main navigation, marked on its page and on those below it. */
export async function NavLink({ href, children }: { href: Route; children: string }) {
  const path = (await requestedPath())?.split('?')[0];
  return (
    <Link
      href={href}
      aria-current={path === href || path?.startsWith(`${href}/`) ? 'page' : undefined}
      className="rounded-sm px-2 py-2 whitespace-nowrap text-muted-foreground hover:text-foreground aria-[current=page]:text-foreground"
    >
      {children}
    </Link>
  );
}
