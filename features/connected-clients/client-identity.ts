import { lookAlike } from '#lib/cimd/brands.ts';
import { redirectLookAlike, redirectsLocally } from '#lib/connections/app-identity.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';

/** How far the identity of a client is proven. */
export type TrustLevel =
  | 'at_consent'
  | 'verified'
  | 'local'
  | 'unverified'
  | 'unreachable'
  | 'self_registered'
  | 'pre_registered'
  | 'unattributed'
  | 'unknown';

export type Trust = { level: TrustLevel; explanation: string };

/** The identity of a client as shown on a page. */
export type Identity = Trust & {
  /** The host when there is one, otherwise the claimed name in quotes. */
  title: string;
  /** Whether `title` is proven rather than claimed. */
  proven: boolean;
  /** What else is known or claimed; undefined when nothing is. */
  detail: string | undefined;
  /** Why it could be mistaken for another client. */
  warning: string | undefined;
  hasLogo: boolean;
};

/** What a connection says about its client. */
export type ClientRecord = Pick<
  ConnectionRow,
  'kind' | 'clientId' | 'host' | 'name' | 'state' | 'redirectUris' | 'dynamicallyRegistered'
>;

/** The identity of a client by its connection alone. The host of a URL as client id was proven to AuthKit at consent. */
export function identify(row: ClientRecord): Identity {
  const name = row.name ?? '';
  if (row.host !== undefined)
    return identifyByHost(row, row.host, {
      name,
      trust: {
        level: 'at_consent',
        explanation: 'AuthKit read its client metadata document on this host. Its name is only claimed.',
      },
      resemblance: lookAlike(name, row.host),
    });
  return {
    ...registeredTrust(row),
    title: row.kind === 'session' ? 'Unattributed calls' : name === '' ? 'Unnamed client' : `“${name}”`,
    proven: false,
    detail: redirectTarget(row.redirectUris),
    warning: redirectWarning(row, name),
    hasLogo: false,
  };
}

/** The identity of a client with a metadata document on `host`. */
export function identifyByHost(
  row: ClientRecord,
  host: string,
  { name, trust, resemblance }: { name: string; trust: Trust; resemblance: string | undefined },
): Identity {
  return {
    ...trust,
    title: host,
    proven: ['at_consent', 'verified', 'local'].includes(trust.level),
    detail: name === '' ? undefined : `Name claimed: ${name} (unverified)`,
    warning: resemblance && warningOf(row, resemblance, `Its metadata document is on ${host}.`),
    hasLogo: false,
  };
}

function registeredTrust({ kind, dynamicallyRegistered, redirectUris }: ClientRecord): Trust {
  if (kind === 'session')
    return {
      level: 'unattributed',
      explanation: 'These tokens name no client, so the calls cannot be matched to one of your grants.',
    };
  if (dynamicallyRegistered === undefined)
    return { level: 'unknown', explanation: 'AuthKit lists no grant for it, so nothing more is known.' };
  if (!dynamicallyRegistered)
    return { level: 'pre_registered', explanation: 'An administrator of this server registered it.' };
  return redirectsLocally(redirectUris)
    ? {
        level: 'local',
        explanation: 'It registered itself and redirects to your own computer. Nothing proves its name.',
      }
    : { level: 'self_registered', explanation: 'It registered itself (DCR). Nothing proves its name.' };
}

/** Where the first redirect URI leads: the one thing that a registered client cannot choose freely. */
function redirectTarget(redirectUris: readonly string[]): string | undefined {
  const url = redirectUris[0] === undefined ? null : URL.parse(redirectUris[0]);
  if (url === null) return undefined;
  if (redirectsLocally(redirectUris)) return 'Runs on your computer';
  const host = url.protocol.startsWith('http') ? url.host : `${url.protocol}//${url.host}`;
  return `Redirects to ${url.host === '' ? url.protocol : host}`;
}

/**
 * The warning about a well-known name on a client that redirects to a website of others. One that redirects to a program
 * on this computer may be the real one: its badge says that nothing proves its name.
 */
function redirectWarning(row: ClientRecord, name: string): string | undefined {
  const found = redirectLookAlike({ name, redirectUris: row.redirectUris });
  return found && warningOf(row, found.resemblance, `It redirects to ${found.host}.`);
}

const warningOf = ({ state }: ClientRecord, resemblance: string, where: string) =>
  `${resemblance} ${where}${state === 'active' ? ' Revoke it if you do not recognise it.' : ''}`;

/** Up to two letters, shown for a client without a logo. */
export function initials(title: string): string {
  const words = title
    .replace(/[“”]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
