import type { ReactNode } from 'react';
import { Link } from '#components/ui/link.tsx';
import { type Config, config } from '#lib/config/env.ts';
import { PAGES } from '#lib/config/pages.ts';
import manifest from '../../package.json' with { type: 'json' };
import { SiteHeader } from './site-header.tsx';

/** The frame of every page: header, main landmark, footer. */
export function SiteFrame({
  account,
  links,
  notice,
  children,
}: {
  account?: ReactNode;
  /** Links of the navigation besides those of the list of pages. */
  links?: ReactNode;
  /** A line between header and page. */
  notice?: ReactNode;
  children: ReactNode;
}) {
  const settings = config();
  return (
    // Isolated, so that no z-index of a page is above a dialog or a menu.
    <div className="isolate flex min-h-dvh flex-col">
      <SiteHeader name={settings.serverName} links={links} account={account} />
      {notice}
      <main id="content" tabIndex={-1} className="page-width flex-1 pb-16 outline-none">
        {children}
      </main>
      <Footer settings={settings} />
    </div>
  );
}

/** Name and version, and links: documentation, the `repository` of package.json, and the policies of the configuration. */
function Footer({ settings: { serverName, client } }: { settings: Config }) {
  const { version, repository } = manifest as { version: string; repository?: string };
  const links = [
    ['Source code', repository],
    ['Privacy', client.policyUri],
    ['Terms', client.tosUri],
  ] as const;
  return (
    <footer className="border-t border-border print:hidden">
      <div className="page-width flex flex-wrap justify-between gap-x-8 gap-y-2 py-4 text-sm text-muted-foreground">
        <span>
          {serverName} {version}
        </span>
        <nav aria-label="About this server" className="flex flex-wrap gap-x-6 gap-y-2">
          {PAGES.filter(({ documentation }) => documentation).map(({ path, label }) => (
            <Link key={path} href={path} className="link">
              {label}
            </Link>
          ))}
          {links.map(
            ([label, href]) =>
              href && (
                <a key={label} href={href} rel="noreferrer" className="link">
                  {label}
                </a>
              ),
          )}
        </nav>
      </div>
    </footer>
  );
}
