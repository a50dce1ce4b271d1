import type { ReactNode } from 'react';

const PAGES = [
  { href: '/clients', label: 'Connected clients' },
  { href: '/inspector', label: 'Inspector' },
  { href: '/how-it-works', label: 'How it works' },
];

/**
 * Skip link, name, navigation and, at the end, who is signed in. Plain links: every page is made new with a
 * nonce of its own, and the browser then needs no router.
 *
 * @param props.path - path of this page, to mark it in the navigation
 * @param props.account - left out where nobody's session is known, as on error pages
 */
export function SiteHeader({ name, path, account }: { name: string; path?: string; account?: ReactNode }) {
  return (
    <header className="border-b border-line bg-surface">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:bg-surface focus:p-2"
      >
        Skip to the content
      </a>
      <div className="page-width flex flex-wrap items-center gap-x-6 py-2 text-small">
        <a href="/" className="flex min-h-10 min-w-0 flex-1 items-center gap-2 font-medium sm:flex-none">
          <Mark />
          <span className="max-w-[28ch] truncate">{name}</span>
        </a>
        <nav
          aria-label="Main"
          className="order-last -mx-2 flex w-full overflow-x-auto sm:order-none sm:w-auto sm:flex-1"
        >
          {PAGES.map(({ href, label }) => (
            <a
              key={href}
              href={href}
              aria-current={path === href || path?.startsWith(`${href}/`) ? 'page' : undefined}
              className="rounded-small px-2 py-2 whitespace-nowrap text-muted hover:text-ink aria-[current=page]:text-ink"
            >
              {label}
            </a>
          ))}
        </nav>
        {account}
      </div>
    </header>
  );
}

/** Two documents, one pointing at the other: what discovery is. */
function Mark() {
  return (
    <svg aria-hidden viewBox="0 0 20 20" width={20} height={20} className="shrink-0 text-accent" fill="none">
      <rect x="1.75" y="1.75" width="10.5" height="10.5" rx="2.5" stroke="currentColor" strokeWidth="1.5" />
      <rect x="7.75" y="7.75" width="10.5" height="10.5" rx="2.5" fill="currentColor" />
    </svg>
  );
}
