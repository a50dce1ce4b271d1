import 'server-only';
import { cookies } from 'next/headers';
import type { Config } from '#lib/config/env.ts';

type Settings = Pick<Config, 'appUrl'>;
type Attributes = { path: string; httpOnly: boolean; sameSite: 'lax'; secure: boolean; maxAge: number };
type CookieReader = { get(name: string): { value: string } | undefined };
type CookieWriter = { set(name: string, value: string, attributes: Attributes): unknown };

const SESSION_COOKIE = 'wos-session';
/** As long as browsers keep a cookie; the session inside ends earlier. */
const SESSION_SECONDS = 400 * 24 * 60 * 60;
/** Browsers silently drop a cookie of more than 4,096 bytes, and a session grows with the permissions of the user. */
const CHUNK_LENGTH = 3_600;
/** More would exceed the 16 KB of headers that Node accepts. */
const MAX_CHUNKS = 3;
const CHUNKS = Array.from({ length: MAX_CHUNKS }, (_, index) => `${SESSION_COOKIE}.${index}`);

const SIGN_IN_COOKIES = 'wos-auth-verifier';
/** How long a sign-in may take; the state sealed in its cookie expires at the same time. */
const SIGN_IN_SECONDS = 600;
/** Bytes of unfinished sign-ins kept per browser, about seven. The oldest are deleted. */
const MAX_SIGN_IN_BYTES = 4_000;

const COMPLETED_COOKIE = 'sign-ins-completed';
const COMPLETED_SECONDS = 60;

function attributes({ appUrl }: Settings, maxAge: number): Attributes {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: appUrl.startsWith('https:'), maxAge };
}

/** The sealed session that the browser sent, in one cookie or in chunks. */
export function sealedSession(jar: CookieReader): string | undefined {
  const sealed = jar.get(SESSION_COOKIE)?.value || CHUNKS.map((name) => jar.get(name)?.value ?? '').join('');
  return sealed === '' ? undefined : sealed;
}

/**
 * Sets the cookies of a session and deletes those of the previous one.
 *
 * @param sealed - empty deletes the session
 * @param sent - the cookies of the request
 * @returns false, with nothing set, when the session is too large
 */
export function storeSession(
  sealed: string,
  settings: Settings,
  sent: CookieReader,
  to: CookieWriter,
): boolean {
  if (sealed.length > MAX_CHUNKS * CHUNK_LENGTH) return false;
  const whole = sealed.length <= CHUNK_LENGTH;
  for (const [index, name] of [SESSION_COOKIE, ...CHUNKS].entries()) {
    const chunk = whole ? '' : sealed.slice((index - 1) * CHUNK_LENGTH, index * CHUNK_LENGTH);
    const value = index === 0 ? (whole ? sealed : '') : chunk;
    if (value !== '') to.set(name, value, attributes(settings, SESSION_SECONDS));
    else if (sent.get(name)) to.set(name, '', attributes(settings, 0));
  }
  return true;
}

/** Names of the cookies of unfinished sign-ins, oldest first: browsers send them in that order (RFC 6265 section 5.4). */
export async function pendingSignIns(): Promise<readonly string[]> {
  const jar = await cookies();
  return jar.getAll().flatMap(({ name }) => (name.startsWith(SIGN_IN_COOKIES) ? [name] : []));
}

/**
 * Sets the cookie of a new sign-in again, with `Secure` only on an https deployment: outside of the proxy
 * authkit-nextjs does not know our URL and always sets `Secure`, which some browsers refuse on
 * `http://localhost`. Deletes the oldest unfinished sign-ins, so that the `Cookie` header stays small.
 *
 * @param before - {@link pendingSignIns} before this sign-in began
 */
export async function settleSignInCookie(settings: Settings, before: readonly string[]): Promise<void> {
  const jar = await cookies();
  const length = (name: string) => name.length + (jar.get(name)?.value.length ?? 0);
  const started = (await pendingSignIns()).filter((name) => !before.includes(name));
  for (const name of started)
    jar.set(name, jar.get(name)?.value ?? '', attributes(settings, SIGN_IN_SECONDS));
  let bytes = [...before, ...started].reduce((sum, name) => sum + length(name), 0);
  for (const name of before) {
    if (bytes <= MAX_SIGN_IN_BYTES) break;
    bytes -= length(name);
    jar.set(name, '', attributes(settings, 0));
  }
}

/** Deletes the cookie of one sign-in, whose value is its `state`. */
export async function forgetSignIn(state: string | null, settings: Settings): Promise<void> {
  const jar = await cookies();
  for (const name of await pendingSignIns())
    if (jar.get(name)?.value === state) jar.set(name, '', attributes(settings, 0));
}

/** Sign-ins that this browser completed within the last minute. */
export async function completedSignIns(): Promise<number> {
  return Number((await cookies()).get(COMPLETED_COOKIE)?.value) || 0;
}

/** Stores the number that {@link completedSignIns} returns; 0 deletes it. */
export async function setCompletedSignIns(count: number, settings: Settings): Promise<void> {
  const value = count === 0 ? '' : String(count);
  (await cookies()).set(COMPLETED_COOKIE, value, attributes(settings, count === 0 ? 0 : COMPLETED_SECONDS));
}

/** Deletes the cookies of the session and of sign-ins. */
export async function clearSession(settings: Settings): Promise<void> {
  const jar = await cookies();
  storeSession('', settings, jar, jar);
  for (const name of await pendingSignIns()) jar.set(name, '', attributes(settings, 0));
  if (jar.has(COMPLETED_COOKIE)) await setCompletedSignIns(0, settings);
}
