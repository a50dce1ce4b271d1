import type { Reference } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';
import { isSpecialUseHost } from '#lib/guarded-fetch/address.ts';

/** A client metadata document, parsed. Untrusted. */
export type ClientMetadata = Readonly<Record<string, unknown>>;

/**
 * A section of draft-ietf-oauth-client-id-metadata-document-02, with the sections of other documents that say the same.
 */
export function cimd(section: string, ...others: readonly string[]): Reference {
  return {
    name: [`CIMD -02 section ${section}`, ...others].join(', '),
    url: `https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-02#section-${section}`,
  };
}

/** A value of a document as text. */
export function shown(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value) ?? 'absent');
}

/** The host in client IDs that a loopback deployment serves itself. */
export function reservedHost({ loopback }: Pick<Config, 'loopback'>): string | undefined {
  return loopback ? RESERVED_CLIENT_HOST : undefined;
}

/**
 * The URL in a field of a client metadata document, when it may be displayed as a link or fetched: `https`, no user name,
 * a host that can be public (CIMD -02 section 8.6). Otherwise undefined.
 */
export function publicLink(value: unknown, reserved: string | undefined): URL | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '')
    return undefined;
  return url.hostname === reserved || !isSpecialUseHost(url.hostname) ? url : undefined;
}

/** Where to fetch a URL of a client: at that URL, or at our own origin for the reserved host. */
export function whereToFetch(
  url: URL,
  config: Pick<Config, 'loopback' | 'appUrl'>,
): { url: string; allowLoopback: boolean } {
  if (url.host !== reservedHost(config)) return { url: url.href, allowLoopback: false };
  return { url: `${config.appUrl}${url.pathname}${url.search}`, allowLoopback: true };
}
