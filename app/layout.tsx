import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { config } from '#lib/config/env.ts';
import { chosenTheme } from '#lib/session/theme.ts';
import './globals.css';

// Every page carries a nonce of its own, so none can be made ahead.
export const dynamic = 'force-dynamic';

export function generateMetadata(): Metadata {
  const { appUrl, serverName } = config();
  return {
    metadataBase: new URL(appUrl),
    title: { default: serverName, template: `%s · ${serverName}` },
    description: 'An MCP server that any client can use knowing only its URL.',
  };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await chosenTheme();
  return (
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      data-theme={theme === 'system' ? undefined : theme}
    >
      <body>{children}</body>
    </html>
  );
}
