import { lookAlike } from '#lib/cimd/brands.ts';
import type { ClientMetadataReading } from '#lib/cimd/client-metadata-document.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';

/** How far the identity of a client is proven. */
export type TrustLevel =
  | 'verified'
  | 'local'
  | 'unverified'
  | 'unreachable'
  | 'self_registered'
  | 'pre_registered'
  | 'unattributed'
  | 'unknown'
  | 'checking';

type Trust = { level: TrustLevel; explanation: string };

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

type Row = Pick<
  ConnectionRow,
  'kind' | 'clientId' | 'host' | 'name' | 'state' | 'redirectUris' | 'dynamicallyRegistered'
>;

/**
 * The identity of a client, and how far it is proven.
 *
 * @param reading - of its client metadata document; undefined while it is read, null when it could not be read
 */
export function identify(row: Row, reading: ClientMetadataReading | null | undefined): Identity {
  const name = (reading?.name || row.name) ?? '';
  if (row.host !== undefined) {
    const trust = documentTrust(reading);
    const resemblance = reading?.lookAlike ?? lookAlike(name, row.host);
    return {
      ...trust,
      title: row.host,
      proven: trust.level === 'verified' || trust.level === 'local',
      detail: name === '' ? undefined : `Name claimed: ${name} (unverified)`,
      warning: resemblance && warningOf(row, resemblance, `Its metadata document is on ${row.host}.`),
      hasLogo: reading?.logoUri !== undefined && resemblance === undefined,
    };
  }
  return {
    ...registeredTrust(row),
    title: row.kind === 'session' ? 'Unattributed calls' : name === '' ? 'Unnamed client' : `“${name}”`,
    proven: false,
    detail: redirectTarget(row.redirectUris),
    warning: redirectWarning(row, name),
    hasLogo: false,
  };
}

function documentTrust(reading: ClientMetadataReading | null | undefined): Trust {
  if (reading === undefined)
    return { level: 'checking', explanation: 'The client metadata document is being read.' };
  if (reading === null)
    return {
      level: 'unknown',
      explanation: 'The client metadata document was not read: rate limited. Try again in a minute.',
    };
  const failed = reading.findings.find(({ severity }) => severity === 'error');
  if (failed?.id === 'fetch')
    return {
      level: 'unreachable',
      explanation: 'The client metadata document cannot be fetched, so nothing proves who this client is.',
    };
  if (!reading.verified)
    return {
      level: 'unverified',
      explanation: `The client metadata document fails a check: ${failed?.title ?? 'unknown'}.`,
    };
  if (reading.localOnly)
    return {
      level: 'local',
      explanation: 'It redirects to your own computer, so any program there could use this identity.',
    };
  return {
    level: 'verified',
    explanation: 'The document on this host describes this client. Its name is only claimed.',
  };
}

function registeredTrust({ kind, dynamicallyRegistered, redirectUris }: Row): Trust {
  if (kind === 'session')
    return {
      level: 'unattributed',
      explanation: 'These tokens name no client, so the calls cannot be matched to one of your grants.',
    };
  if (dynamicallyRegistered === undefined)
    return { level: 'unknown', explanation: 'AuthKit lists no grant for it, so nothing more is known.' };
  if (!dynamicallyRegistered)
    return { level: 'pre_registered', explanation: 'An administrator of this server registered it.' };
  return onlyLocal(redirectUris)
    ? {
        level: 'local',
        explanation: 'It registered itself and redirects to your own computer. Nothing proves its name.',
      }
    : { level: 'self_registered', explanation: 'It registered itself (DCR). Nothing proves its name.' };
}

function onlyLocal(redirectUris: readonly string[]): boolean {
  return (
    redirectUris.length > 0 &&
    redirectUris.every((uri) => {
      const url = URL.parse(uri);
      return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url);
    })
  );
}

/** Where the first redirect URI leads: the one thing that a registered client cannot choose freely. */
function redirectTarget(redirectUris: readonly string[]): string | undefined {
  const url = redirectUris[0] === undefined ? null : URL.parse(redirectUris[0]);
  if (url === null) return undefined;
  if (onlyLocal(redirectUris)) return 'Runs on your computer';
  const host = url.protocol.startsWith('http') ? url.host : `${url.protocol}//${url.host}`;
  return `Redirects to ${url.host === '' ? url.protocol : host}`;
}

/**
 * The warning about a well-known name on a client that redirects to a website of others. One that redirects to a program
 * on this computer may be the real one: its badge says that nothing proves its name.
 */
function redirectWarning(row: Row, name: string): string | undefined {
  if (name === '' || onlyLocal(row.redirectUris)) return undefined;
  for (const uri of row.redirectUris) {
    const url = URL.parse(uri);
    const resemblance = url?.protocol === 'https:' ? lookAlike(name, url.hostname) : undefined;
    if (resemblance !== undefined) return warningOf(row, resemblance, `It redirects to ${url?.host}.`);
  }
  return undefined;
}

const warningOf = ({ state }: Row, resemblance: string, where: string) =>
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
