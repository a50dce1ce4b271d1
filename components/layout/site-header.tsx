import type { ReactNode } from 'react';
import { Link } from '#components/ui/link.tsx';
import { PAGES } from '#lib/config/pages.ts';
import { NavLink } from './nav-link.tsx';

/**
 * Skip link, name of the server, navigation, and the account.
 *
 * @param props.links - links of the navigation besides those of the list of pages
 * @param props.account - left out on pages that know no session, such as error pages
 */
export function SiteHeader({
  name,
  links,
  account,
}: {
  name: string;
  links?: ReactNode;
  account?: ReactNode;
}) {
  return (
    <header className="border-b border-border bg-card">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:bg-card focus:p-2"
      >
        Skip to content
      </a>
      <div className="page-width flex flex-wrap items-center gap-x-3 py-2 text-sm sm:gap-x-6">
        <Link href="/" className="flex min-h-10 min-w-0 flex-1 items-center gap-2 font-medium md:flex-none">
          <Mark />
          <span className="line-clamp-2 max-w-[28ch] wrap-anywhere">{name}</span>
        </Link>
        <nav
          aria-label="Main"
          className="order-last -mx-2 flex w-full flex-wrap md:order-none md:w-auto md:flex-1"
        >
          {PAGES.filter(({ navigation }) => navigation).map(({ path, label }) => (
            <NavLink key={path} href={path}>
              {label}
            </NavLink>
          ))}
          {links}
        </nav>
        {account}
      </div>
    </header>
  );
}

/** The logo: two documents, one of which links to the other. */
function Mark() {
  return (
    <svg aria-hidden viewBox="0 0 20 20" width={20} height={20} className="shrink-0 text-primary" fill="none">
      <rect x="1.75" y="1.75" width="10.5" height="10.5" rx="2.5" stroke="currentColor" strokeWidth="1.5" />
      <rect x="7.75" y="7.75" width="10.5" height="10.5" rx="2.5" fill="currentColor" />
    </svg>
  );
}
