'use server';

import type { Route } from 'next';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { config } from '#lib/config/env.ts';
import { requestedPath } from './requested-path.ts';
import { crossSite } from './same-origin.ts';
import { asTheme, THEME_COOKIE } from './theme.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Keeps the form field `theme` in a cookie. No session is needed to choose a theme. */
export async function chooseTheme(form: FormData): Promise<void> {
  const { appUrl } = config();
  const request = await headers();
  if (crossSite(request, appUrl)) return;
  const theme = asTheme(form instanceof FormData && form.get('theme'));
  (await cookies()).set(THEME_COOKIE, theme, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: appUrl.startsWith('https:'),
    maxAge: theme === 'system' ? 0 : YEAR_SECONDS,
  });
  // Without JavaScript the browser posted the form itself. It gets the page by GET, scrolled to the theme switch.
  if (!request.has('next-action')) redirect(`${(await requestedPath()) ?? '/'}#theme` as Route);
}
