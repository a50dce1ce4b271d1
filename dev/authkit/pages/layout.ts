import { type Html, html } from './html.ts';

export type Page = { title: string; status?: number; body: Html };

/** A whole page: one card, and a banner that says that this is not the real AuthKit. */
export function layout({ title, body }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Local AuthKit</title>
<link rel="icon" href="data:,">
<link rel="preload" href="/assets/geist-sans.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/assets/authkit.css">
</head>
<body>
<header class="marker" data-testid="local-marker"><strong>Local development</strong> Not the real AuthKit: anyone can sign in as any user.</header>
<main>${body}</main>
</body>
</html>`.markup;
}
