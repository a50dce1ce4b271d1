import 'server-only';
import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { config } from '#lib/config/env.ts';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { safeReturnTo } from './return-to.ts';
import { crossSite } from './same-origin.ts';

const COOKIE = 'theme';
const MAX_FORM_BYTES = 4096;
const YEAR = 365 * 24 * 60 * 60;

export type Theme = 'system' | 'light' | 'dark';

function asTheme(value: unknown): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}

/** The theme chosen in this browser. Read on the server, so that the first paint has it. */
export async function chosenTheme(): Promise<Theme> {
  return asTheme((await cookies()).get(COOKIE)?.value);
}

/** The form of a request that is one and is small; anybody may send anything here. */
async function smallForm({ body, headers }: Request): Promise<FormData | undefined> {
  const bytes = await boundedBody({ body }, MAX_FORM_BYTES);
  return bytes && new Response(bytes, { headers }).formData().catch(() => undefined);
}

/** `POST /theme` with a form field `theme`: remembers it and goes back to the page that sent it. */
export async function chooseTheme(request: NextRequest): Promise<Response> {
  const { appUrl } = config();
  if (crossSite(request.headers, appUrl)) return new Response(null, { status: 403 });
  const form = await smallForm(request);
  if (form === undefined) return new Response(null, { status: 400 });
  const theme = asTheme(form.get('theme'));
  (await cookies()).set(COOKIE, theme, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: appUrl.startsWith('https:'),
    maxAge: theme === 'system' ? 0 : YEAR,
  });
  const referrer = request.headers.get('referer');
  const back = referrer?.startsWith(`${appUrl}/`) ? safeReturnTo(referrer.slice(appUrl.length)) : '/';
  // The fragment keeps the reader where the switch is.
  return new Response(null, { status: 303, headers: { Location: `${new URL(back, appUrl).href}#theme` } });
}
