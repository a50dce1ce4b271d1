import { isLoopback } from '#lib/config/loopback.ts';
import type { DiscoveryProblem } from '../problems.ts';

/** Whether a client may fetch `url` or redirect to it: `https`, or loopback `http` when allowed. */
function allowedUrl(url: URL, allowLoopback: boolean): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && allowLoopback && isLoopback(url));
}

/** `text` as an allowed absolute URL; undefined for anything else. */
export function parseAllowed(text: unknown, allowLoopback: boolean): URL | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return allowedUrl(url, allowLoopback) && !url.username && !url.password ? url : undefined;
}

/** Host and port, as in `localhost:3000/mcp`, which a URL parser takes for a scheme and a path. */
const HOST_AND_PORT = /^(?:[\w.-]+|\[[\d:a-f.]+\]):\d{1,5}(?:[/?#]|$)/i;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/** The text that a user entered as a URL, with the scheme that it lacks: `http` for this computer, else `https`. */
export function withScheme(text: string): { url: string; added: 'https' | 'http' | undefined } {
  const trimmed = text.trim();
  if (trimmed === '' || (SCHEME.test(trimmed) && !HOST_AND_PORT.test(trimmed)))
    return { url: trimmed, added: undefined };
  const rest = trimmed.replace(/^\/\//, '');
  const host = URL.parse(`http://${rest}`);
  if (host === null) return { url: trimmed, added: undefined };
  const added = isLoopback(host) ? 'http' : 'https';
  return { url: `${added}://${rest}`, added };
}

/** The problem of a URL that a user entered; undefined for a valid URL. */
export function serverUrlProblem(text: string, allowLoopback: boolean): DiscoveryProblem | undefined {
  const problem = (why: Extract<DiscoveryProblem, { reason: 'url_invalid' }>['why']): DiscoveryProblem => ({
    reason: 'url_invalid',
    url: withoutUserInfo(text),
    why,
  });
  if (!URL.canParse(text)) return problem('not_a_url');
  const url = new URL(text);
  if (url.username || url.password) return problem('credentials');
  if (!allowedUrl(url, allowLoopback)) return problem('scheme');
  if (text.includes('#')) return problem('fragment');
  return undefined;
}

/** `text` with what comes before an `@` in its authority replaced: it may be a password. */
const withoutUserInfo = (text: string) =>
  text.replace(/^([a-z][a-z\d+.-]*:)?(\/{0,2})[^/?#]*@/i, '$1$2(hidden)@');

const pathOf = (url: URL) => (url.pathname === '/' ? '' : url.pathname);

/**
 * The well-known URLs of protected resource metadata (RFC 9728 section 3.1): the well-known path before the path of the
 * resource, then the root.
 */
export function protectedResourceMetadataUrls(serverUrl: string): { url: string; source: 'path' | 'root' }[] {
  const url = new URL(serverUrl);
  const root = { url: `${url.origin}/.well-known/oauth-protected-resource`, source: 'root' } as const;
  const path = pathOf(url);
  if (path === '' && url.search === '') return [root];
  return [{ url: `${root.url}${path}${url.search}`, source: 'path' }, root];
}

/** The well-known URLs of an issuer's metadata, in the order of MCP 2026-07-28 "Authorization Server Metadata Discovery". */
export function authorizationServerMetadataUrls(issuer: string): { url: string; kind: 'oauth' | 'oidc' }[] {
  const url = new URL(issuer);
  const path = pathOf(url).replace(/\/$/, '');
  const inserted = (suffix: string) => `${url.origin}/.well-known/${suffix}${path}`;
  return [
    { url: inserted('oauth-authorization-server'), kind: 'oauth' },
    { url: inserted('openid-configuration'), kind: 'oidc' },
    ...(path === ''
      ? []
      : [{ url: `${url.origin}${path}/.well-known/openid-configuration`, kind: 'oidc' } as const]),
  ];
}

/**
 * Whether `resource` identifies the requested server (RFC 9728 section 3.3): an exact match. The two spellings of an
 * empty path are one URL.
 */
export function sameResource(resource: string, requested: string): boolean {
  if (resource === requested) return true;
  const url = new URL(requested);
  return (
    url.pathname === '/' && url.search === '' && (resource === url.origin || resource === `${url.origin}/`)
  );
}

/** Whether two URLs differ in a slash at the end only, or in a spelling that a URL parser removes. */
export function sameButSlash(one: string, other: string): boolean {
  const plain = (text: string) => URL.parse(text)?.href.replace(/\/$/, '');
  return plain(one) !== undefined && plain(one) === plain(other);
}
