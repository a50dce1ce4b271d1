const PLACEHOLDER = 'https://return.invalid';

/**
 * Where to go after sign-in: `value` if it is a path of this site, else `/`.
 *
 * The path is parsed by the WHATWG URL parser, as in browsers, so that `//host`, `/\host` and credentials
 * mean the same here. A path that further decoding could turn into another host (`/%2f%2fhost`, `/%5chost`)
 * is refused, and so are control characters anywhere.
 */
export function safeReturnTo(value: unknown): string {
  if (typeof value !== 'string' || value.length > 2048 || !value.startsWith('/')) return '/';
  const [path = ''] = value.split(/[?#]/, 1);
  if (hasControlOrBackslash(value) || leavesSite(decoded(path))) return '/';
  let url: URL;
  try {
    url = new URL(value, PLACEHOLDER);
  } catch {
    return '/';
  }
  if (url.origin !== PLACEHOLDER || leavesSite(url.pathname)) return '/';
  return url.pathname + url.search;
}

function leavesSite(path: string | undefined): boolean {
  return path === undefined || path.startsWith('//') || hasControlOrBackslash(path);
}

function hasControlOrBackslash(text: string): boolean {
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x20 || code === 0x7f || character === '\\') return true;
  }
  return false;
}

/** `path` percent-decoded until it no longer changes; `undefined` if it is malformed or encoded too often. */
function decoded(path: string): string | undefined {
  let current = path;
  for (let round = 0; round < 5; round++) {
    let next: string;
    try {
      next = decodeURIComponent(current);
    } catch {
      return undefined;
    }
    if (next === current) return current;
    current = next;
  }
  return undefined;
}
