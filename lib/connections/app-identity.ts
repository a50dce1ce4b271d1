import { lookAlike } from '#lib/cimd/brands.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { clientHost } from './identity.ts';

/** Days without a call after which a connection counts as unused, and its next call is reported. */
export const UNUSED_AFTER_DAYS = 30;

/** What a grant says about its client. */
type Registration = { name?: string | undefined; redirectUris: readonly string[] };

const LOCAL = 'localhost';
/** The most that an entry of a PostgreSQL index takes, with room for its other columns. */
const MAX_LENGTH = 300;

/** Where a redirect URI leads, without the port: `localhost` for every loopback address, `cursor://host` for a private-use scheme. */
function redirectHost(uri: string): string {
  const url = URL.parse(uri);
  if (url === null) return '?';
  if (!/^https?:$/.test(url.protocol)) return `${url.protocol}//${url.hostname}`;
  return isLoopback(url) ? LOCAL : url.hostname;
}

/** Whether every redirect URI leads to a website on the person's own computer. False without a redirect URI. */
export function redirectsLocally(redirectUris: readonly string[]): boolean {
  return redirectUris.length > 0 && redirectUris.every((uri) => redirectHost(uri) === LOCAL);
}

/**
 * The key of the app of a connection, which all its registrations share: the host of its client metadata document; else
 * the claimed name and every redirect host, so that an app does not become that of another by adding a redirect URI; else
 * the client id. All calls whose tokens name no client have one key. Only that of a document is free of spaces.
 */
export function appKey(clientId: string | undefined, registration?: Registration): string {
  const host = clientHost(clientId);
  if (host !== undefined) return host;
  if (clientId === undefined) return 'no client';
  const name = sanitize(registration?.name).toLowerCase();
  if (registration === undefined || name === '') return sanitize(`client ${clientId}`, MAX_LENGTH);
  const hosts = [...new Set(registration.redirectUris.map(redirectHost))].sort();
  return sanitize(`${name} · ${hosts.join(' ')}`, MAX_LENGTH);
}

/**
 * Why a person should look at a connection. `look_alike`: the name or host resembles a well-known client of another vendor.
 * `unproven`: nothing proves its name, it redirects to a website, and it can act without the person.
 */
export type Risk = 'look_alike' | 'unproven';

/** The sentence about a resemblance of a registered client, and the host that it redirects to. */
export function redirectLookAlike({
  name,
  redirectUris,
}: Registration): { resemblance: string; host: string } | undefined {
  if (!name || redirectsLocally(redirectUris)) return undefined;
  for (const uri of redirectUris) {
    const url = URL.parse(uri);
    const resemblance = url?.protocol === 'https:' ? lookAlike(name, url.hostname) : undefined;
    if (url && resemblance !== undefined) return { resemblance, host: url.host };
  }
  return undefined;
}

/** The risk of a grant; null for the usual one. */
export function riskOf(
  clientId: string,
  grant: Registration & { dynamicallyRegistered: boolean; grantedScopes: readonly string[] },
): Risk | null {
  const host = clientHost(clientId);
  if (host !== undefined) return lookAlike(sanitize(grant.name), host) === undefined ? null : 'look_alike';
  if (!grant.dynamicallyRegistered) return null;
  if (redirectLookAlike(grant) !== undefined) return 'look_alike';
  const remote = grant.redirectUris.some((uri) => {
    const url = URL.parse(uri);
    return url?.protocol === 'https:' && !isLoopback(url);
  });
  return remote && grant.grantedScopes.includes('offline_access') ? 'unproven' : null;
}
