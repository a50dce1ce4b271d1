import { createHash } from 'node:crypto';

/** Cookies go to the inspector only, so that neither `/mcp` nor another page ever receives them. */
const PATH = '/inspector';
const CHUNK_LENGTH = 3_600;
/** More would push the request's headers over what servers accept. */
const MAX_CHUNKS = 3;

export const SESSION_COOKIE = 'inspector-session';
export const OUTCOME_COOKIE = 'inspector-outcome';

/** Name of the cookie of the flow with this `state`; several sign-ins can be under way in several tabs. */
export function flowCookie(state: string): string {
  return `inspector-flow-${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
}

/** The cookies of a request by name. */
export function readCookies(request: Request): ReadonlyMap<string, string> {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()] as const;
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

/** A value that was set in several cookies. */
export function readChunked(cookies: ReadonlyMap<string, string>, name: string): string | undefined {
  const chunks: string[] = [];
  for (let index = 0; index < MAX_CHUNKS; index++) {
    const chunk = cookies.get(`${name}.${index}`);
    if (chunk === undefined) break;
    chunks.push(chunk);
  }
  return chunks.length > 0 ? chunks.join('') : undefined;
}

function setCookie(name: string, value: string, maxAge: number, secure: boolean): string {
  const attributes = `Path=${PATH}; HttpOnly; SameSite=Lax; Max-Age=${maxAge}`;
  return `${name}=${value}; ${attributes}${secure ? '; Secure' : ''}`;
}

/** `Set-Cookie` values that delete `name` and all its chunks. */
export function clearChunked(name: string, secure: boolean): string[] {
  return Array.from({ length: MAX_CHUNKS }, (_, index) => setCookie(`${name}.${index}`, '', 0, secure));
}

/**
 * `Set-Cookie` values that keep `value` for `maxAge` seconds in as many cookies as it takes.
 *
 * @returns undefined when it is too long to be kept
 */
export function writeChunked(
  name: string,
  value: string,
  maxAge: number,
  secure: boolean,
): string[] | undefined {
  if (value.length > MAX_CHUNKS * CHUNK_LENGTH) return undefined;
  return clearChunked(name, secure).map((cleared, index) => {
    const chunk = value.slice(index * CHUNK_LENGTH, (index + 1) * CHUNK_LENGTH);
    return chunk === '' ? cleared : setCookie(`${name}.${index}`, chunk, maxAge, secure);
  });
}
