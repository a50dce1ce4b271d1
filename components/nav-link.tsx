'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

/** A link of the main navigation; marks itself on its own page and the pages below it. */
export function NavLink({ href, children }: { href: Route; children: ReactNode }) {
  const path = usePathname();
  const current = path === href || path.startsWith(`${href}/`);
  return (
    // Not prefetched: pages behind sign-in would start one, and the landing page stays light.
    <Link
      href={href}
      prefetch={false}
      aria-current={current ? 'page' : undefined}
      className="rounded-small px-2 py-2 whitespace-nowrap text-muted hover:text-ink aria-[current=page]:text-ink"
    >
      {children}
    </Link>
  );
}
