import type { ReactNode } from 'react';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { requestedPath } from '#lib/session/requested-path.ts';
import { chosenTheme } from '#lib/session/theme.ts';
import { SiteHeader } from './site-header.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** The frame of every page: header, main landmark, footer. */
export async function SiteFrame({
  account,
  notice,
  children,
}: {
  account?: ReactNode;
  /** A line between header and page. */
  notice?: ReactNode;
  children: ReactNode;
}) {
  const settings = config();
  return (
    <div className="flex min-h-dvh flex-col">
      <SiteHeader
        name={settings.serverName}
        current={(await requestedPath())?.split('?')[0]}
        account={account}
      />
      {notice}
      <main id="content" tabIndex={-1} className="page-width flex-1 pb-16 outline-none">
        {children}
      </main>
      <footer className="border-t border-border">
        <div className="page-width flex flex-wrap items-center justify-between gap-x-8 gap-y-2 py-4 text-sm text-muted-foreground">
          <code className="break-all">{resourceUrl(settings)}</code>
          <ThemeSwitch chosen={await chosenTheme()} />
        </div>
      </footer>
    </div>
  );
}
