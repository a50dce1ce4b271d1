import { isLoopback } from './loopback.ts';

/** An origin of another scheme than http and https, as apps and extensions send it; a slash at its end is ignored. */
const OTHER_SCHEME = /^(?!https?:)([a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+)\/?$/i;

/**
 * Parses an origin that may call the endpoint: like {@link parseOrigin}, or of any other scheme (`chrome-extension:`,
 * `vscode-webview:`, `tauri:`).
 *
 * @returns the origin as a browser sends it, or the fix
 */
export function parseAllowedOrigin(text: string): string | { fix: string } {
  if (text === 'null')
    return {
      fix: 'remove null: every sandboxed page and local file has this origin, so it cannot be allowed',
    };
  const [, other] = OTHER_SCHEME.exec(text) ?? [];
  if (other !== undefined) return other;
  if (/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return { fix: 'name one origin in full, scheme://host: no wildcard, user name or path' };
  const url = parseOrigin(text);
  return url instanceof URL ? url.origin : url;
}

/**
 * Parses an origin. A bare host means `https`; `http` is accepted for loopback hosts only.
 *
 * @param example - origin to show when `text` cannot be parsed
 * @returns the URL, or the fix when `text` is not an origin. The fix never repeats a user name or password
 */
export function parseOrigin(text: string, example = 'https://mcp.example.com'): URL | { fix: string } {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    return { fix: `set an origin such as ${example}` };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { fix: 'use https://' };
  if (url.hostname.includes('*')) return { fix: 'name each origin in full: there are no wildcards' };
  if (url.username || url.password) return { fix: 'remove the user name and password from it' };
  if (url.pathname !== '/' || url.search || url.hash)
    return { fix: `remove everything after the host: ${url.origin}` };
  if (url.protocol === 'http:' && !isLoopback(url))
    return { fix: `use https: ${url.origin.replace('http:', 'https:')}` };
  return url;
}
