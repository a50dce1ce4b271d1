import { clientHost } from '../identity.ts';

export type HostRules = {
  /** Hosts whose clients are accepted; any when empty. */
  allowedHosts: readonly string[];
  /** Hosts whose clients are refused. */
  blockedHosts: readonly string[];
};

/** Why the host of a client is refused. `host` is undefined for a client without a verified host. */
export type HostRefusal = { host: string | undefined; rule: 'blocked' | 'not_allowed' };

/**
 * An entry of a list of hosts in its stored form: `app.example`, `app.example:8443`, or `*.app.example` for the host and
 * every host below it. International names become ASCII. Also reads a URL.
 *
 * @returns undefined for text that names no host
 */
export function parseHost(text: string): string | undefined {
  const trimmed = text.trim().toLowerCase();
  const wildcard = trimmed.startsWith('*.');
  const rest = (wildcard ? trimmed.slice(2) : trimmed).replace(/^https:\/\//, '');
  if (rest === '' || /[\s*@?#]/.test(rest)) return undefined;
  const url = URL.parse(`https://${rest}`);
  if (url === null || url.hostname === '') return undefined;
  const host = `${withoutDot(url.hostname)}${url.port === '' ? '' : `:${url.port}`}`;
  return wildcard ? `*.${host}` : host;
}

/**
 * Judges the client id of a caller. Only the URL of a client metadata document has a verified host, so a list of allowed
 * hosts refuses every other client, and a list of blocked hosts names none of them.
 */
export function refuseHost(clientId: string | undefined, rules: HostRules): HostRefusal | undefined {
  const { allowedHosts, blockedHosts } = rules;
  if (allowedHosts.length === 0 && blockedHosts.length === 0) return undefined;
  const found = clientHost(clientId);
  const host = found === undefined ? undefined : parseHost(found);
  if (host !== undefined && blockedHosts.some((entry) => matches(host, entry, true)))
    return { host, rule: 'blocked' };
  if (allowedHosts.length === 0) return undefined;
  return host !== undefined && allowedHosts.some((entry) => matches(host, entry, false))
    ? undefined
    : { host, rule: 'not_allowed' };
}

/** @param anyPort - whether an entry without a port names every port of its host */
function matches(host: string, entry: string, anyPort: boolean): boolean {
  const candidates = anyPort ? [host, host.replace(/:\d+$/, '')] : [host];
  if (!entry.startsWith('*.')) return candidates.includes(entry);
  const parent = entry.slice(2);
  return candidates.some((each) => each === parent || each.endsWith(`.${parent}`));
}

/** A name with a final dot is the same host. */
function withoutDot(hostname: string): string {
  return hostname.replace(/\.+$/, '');
}
