import 'server-only';
import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { safeReturnTo } from './return-to.ts';
import { crossSite } from './same-origin.ts';
import { asTheme, THEME_COOKIE } from './theme.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * `POST /theme?theme=…&returnTo=…`: keeps the theme in a cookie, and redirects to `returnTo`, because a form without
 * JavaScript navigates here. Only a script in a browser (Fetch Metadata: `Sec-Fetch-Dest: empty`) gets no redirect.
 * No session is needed. A route handler and not a Server Action, which would render the page again.
 */
export async function chooseTheme({ headers, nextUrl }: NextRequest): Promise<Response> {
  const { appUrl } = config();
  if (crossSite(headers, appUrl))
    return new Response('Choose a theme on the page itself.\n', { status: 403 });
  const theme = asTheme(nextUrl.searchParams.get('theme'));
  (await cookies()).set(THEME_COOKIE, theme, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: appUrl.startsWith('https:'),
    maxAge: theme === 'system' ? 0 : YEAR_SECONDS,
  });
  if (headers.get('sec-fetch-dest') === 'empty') return new Response(null, { status: 204 });
  const location = new URL(safeReturnTo(nextUrl.searchParams.get('returnTo')), appUrl).href;
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
