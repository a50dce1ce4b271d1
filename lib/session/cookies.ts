import 'server-only';
import { cookies } from 'next/headers';
import type { Config } from '#lib/config/env.ts';

const SESSION_COOKIE = 'wos-session';
const SIGN_IN_COOKIES = 'wos-auth-verifier';
/** How long a sign-in may take; the state sealed in its cookie expires at the same time. */
const SIGN_IN_SECONDS = 600;
/** Unfinished sign-ins kept per browser. Older cookies are deleted, so that the `Cookie` header stays small. */
const MAX_SIGN_INS = 4;

/** Names of the cookies of unfinished sign-ins. */
export async function pendingSignIns(): Promise<readonly string[]> {
  const jar = await cookies();
  return jar.getAll().flatMap(({ name }) => (name.startsWith(SIGN_IN_COOKIES) ? [name] : []));
}

/**
 * Sets the cookie of a new sign-in again, with `Secure` only on an https deployment: outside of the proxy
 * authkit-nextjs does not know our URL and always sets `Secure`, which some browsers refuse on
 * `http://localhost`.
 *
 * @param before - {@link pendingSignIns} before this sign-in began
 */
export async function settleSignInCookie(
  { appUrl }: Pick<Config, 'appUrl'>,
  before: readonly string[],
): Promise<void> {
  const jar = await cookies();
  for (const { name, value } of jar.getAll()) {
    if (!name.startsWith(SIGN_IN_COOKIES)) continue;
    if (!before.includes(name)) jar.set(name, value, { ...attributes(appUrl), maxAge: SIGN_IN_SECONDS });
    else if (before.length > MAX_SIGN_INS) jar.set(name, '', { ...attributes(appUrl), maxAge: 0 });
  }
}

/** Deletes the cookies of the session and of unfinished sign-ins. */
export async function clearSession({ appUrl }: Pick<Config, 'appUrl'>): Promise<void> {
  const jar = await cookies();
  for (const name of [SESSION_COOKIE, ...(await pendingSignIns())])
    jar.set(name, '', { ...attributes(appUrl), maxAge: 0 });
}

function attributes(appUrl: string) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: appUrl.startsWith('https:') } as const;
}
