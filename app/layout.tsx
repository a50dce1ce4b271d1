import type { Metadata } from 'next';
import localFont from 'next/font/local';
import type { ReactNode } from 'react';
import { config } from '#lib/config/env.ts';
import { chosenTheme } from '#lib/session/theme.ts';
import './globals.css';
import './transitions.css';

const sans = localFont({
  src: './fonts/geist-latin.woff2',
  weight: '100 900',
  variable: '--font-geist-sans',
});
// Not preloaded: the text at the top of a page does not use it.
const mono = localFont({
  src: './fonts/geist-mono-latin.woff2',
  weight: '100 900',
  variable: '--font-geist-mono',
  preload: false,
});

// Every response has its own CSP nonce, so no page can be prerendered.
export const dynamic = 'force-dynamic';

export function generateMetadata(): Metadata {
  const { appUrl, serverName } = config();
  return {
    metadataBase: new URL(appUrl),
    title: { default: serverName, template: `%s · ${serverName}` },
    description: 'Connect any MCP client with just a URL.',
  };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await chosenTheme();
  return (
    <html
      lang="en"
      className={`${sans.variable} ${mono.variable}`}
      data-theme={theme === 'system' ? undefined : theme}
    >
      <body>{children}</body>
    </html>
  );
}
