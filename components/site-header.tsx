import type { Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { NavLink } from './nav-link.tsx';

const PAGES = [
  { href: '/clients' as Route, label: 'Connected clients' },
  { href: '/inspector' as Route, label: 'Inspector' },
  { href: '/how-it-works' as Route, label: 'How it works' },
];

/**
 * Skip link, name, navigation and, at the end, who is signed in.
 *
 * @param props.account - left out where nobody's session is known, as on error pages
 */
export function SiteHeader({ name, account }: { name: string; account?: ReactNode }) {
  return (
    <header className="border-b border-line bg-surface">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:bg-surface focus:p-2"
      >
        Skip to the content
      </a>
      <div className="page-width flex flex-wrap items-center gap-x-6 py-2 text-small">
        <Link
          href="/"
          prefetch={false}
          className="mr-auto flex min-h-10 items-center gap-2 font-medium sm:mr-0"
        >
          <Mark />
          <span className="max-w-[40ch] truncate">{name}</span>
        </Link>
        <nav
          aria-label="Main"
          className="order-last -mx-2 flex w-full overflow-x-auto sm:order-none sm:w-auto sm:flex-1"
        >
          {PAGES.map((page) => (
            <NavLink key={page.href} href={page.href}>
              {page.label}
            </NavLink>
          ))}
        </nav>
        {account}
      </div>
    </header>
  );
}

/** Two documents that point at each other: what discovery is. */
function Mark() {
  return (
    <svg aria-hidden viewBox="0 0 20 20" width={20} height={20} className="text-accent" fill="none">
      <rect x="1.75" y="1.75" width="10.5" height="10.5" rx="2.5" stroke="currentColor" strokeWidth="1.5" />
      <rect x="7.75" y="7.75" width="10.5" height="10.5" rx="2.5" fill="currentColor" />
    </svg>
  );
}
