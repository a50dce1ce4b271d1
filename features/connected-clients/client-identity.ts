import { lookAlike } from '#lib/cimd/brands.ts';
import type { ClientMetadataReading } from '#lib/cimd/client-metadata-document.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';

/** How sure one can be of who a client is. */
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

export type Identity = {
  /** What it is listed under: the host where there is one, else its own claim in quotes. */
  title: string;
  /** Whether `title` is proven, rather than something the client says about itself. */
  proven: boolean;
  /** What it says about itself, as a sentence part; undefined when it says nothing. */
  claim: string | undefined;
  standing: TrustLevel;
  /** Why its standing is what it is. */
  meaning: string;
  /** Why it could be taken for another client. */
  warning: string | undefined;
  hasLogo: boolean;
};

/**
 * Who a client is, as far as anything proves it.
 *
 * @param reading - of its metadata document; `undefined` while it is not there, `null` when it was not to be had
 */
export function identify(
  row: Pick<ConnectionRow, 'kind' | 'clientId' | 'host' | 'name' | 'redirectUris' | 'dynamicallyRegistered'>,
  reading: ClientMetadataReading | null | undefined,
): Identity {
  const name = (reading?.name || row.name) ?? '';
  const claim = name === '' ? undefined : `calls itself “${name}”`;
  if (row.host !== undefined) {
    const standing = documentStanding(reading);
    return {
      title: row.host,
      proven: standing.standing === 'verified' || standing.standing === 'local',
      claim,
      ...standing,
      warning: reading?.lookAlike ?? lookAlike(name, row.host),
      hasLogo: reading?.logoUri !== undefined && reading.lookAlike === undefined,
    };
  }
  const title = name === '' ? 'A client without a name' : `“${name}”`;
  const returns = returnsTo(row.redirectUris);
  return {
    title: row.kind === 'session' ? 'Unattributed calls' : title,
    proven: false,
    claim: returns,
    ...registeredStanding(row),
    warning: returnsToWebsite(row.redirectUris, name),
    hasLogo: false,
  };
}

function documentStanding(
  reading: ClientMetadataReading | null | undefined,
): Pick<Identity, 'standing' | 'meaning'> {
  if (reading === undefined) return { standing: 'checking', meaning: 'Its metadata document is being read.' };
  if (reading === null)
    return {
      standing: 'unknown',
      meaning: 'Its metadata document was not read just now, too much was asked at once.',
    };
  const failed = reading.findings.find(({ severity }) => severity === 'error');
  if (failed?.id === 'fetch')
    return {
      standing: 'unreachable',
      meaning: 'Its metadata document cannot be fetched, so nothing proves who it is.',
    };
  if (!reading.verified)
    return {
      standing: 'unverified',
      meaning: `Its metadata document fails a check: ${failed?.title ?? 'unknown'}.`,
    };
  if (reading.localOnly)
    return {
      standing: 'local',
      meaning: 'It returns to your own machine, so any program there could use this identity.',
    };
  return {
    standing: 'verified',
    meaning: 'The document at this host names this client; the name is its own claim.',
  };
}

function registeredStanding(
  row: Pick<ConnectionRow, 'kind' | 'dynamicallyRegistered' | 'redirectUris'>,
): Pick<Identity, 'standing' | 'meaning'> {
  if (row.kind === 'session')
    return {
      standing: 'unattributed',
      meaning: 'These tokens name no client, so the calls cannot be matched to one of your grants.',
    };
  if (row.dynamicallyRegistered === true)
    return onlyLocal(row.redirectUris)
      ? {
          standing: 'local',
          meaning: 'It registered itself and returns to your own machine; nothing proves its name.',
        }
      : { standing: 'self_registered', meaning: 'It registered itself (DCR); nothing proves its name.' };
  if (row.dynamicallyRegistered === false)
    return { standing: 'pre_registered', meaning: 'An administrator of this server registered it.' };
  return { standing: 'unknown', meaning: 'AuthKit lists no grant for it, so nothing more is known.' };
}

function onlyLocal(redirectUris: readonly string[]): boolean {
  return (
    redirectUris.length > 0 &&
    redirectUris.every((uri) => /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/?#]|$)/i.test(uri))
  );
}

/** `returns to host`, for the first redirect URI, the only thing a registered client cannot choose freely. */
function returnsTo(redirectUris: readonly string[]): string | undefined {
  const url = redirectUris[0] === undefined ? null : URL.parse(redirectUris[0]);
  if (url === null) return undefined;
  if (onlyLocal(redirectUris)) return 'returns to this machine';
  return `returns to ${url.host === '' ? url.protocol : url.protocol.startsWith('http') ? url.host : `${url.protocol}//${url.host}`}`;
}

/**
 * A well-known name on a client that returns to somebody else's website. One that returns to a program on this
 * machine may be the real one: its badge says that nothing proves it.
 */
function returnsToWebsite(redirectUris: readonly string[], name: string): string | undefined {
  if (name === '' || onlyLocal(redirectUris)) return undefined;
  for (const uri of redirectUris) {
    const url = URL.parse(uri);
    const warning = url?.protocol === 'https:' ? lookAlike(name, url.hostname) : undefined;
    if (warning !== undefined) return warning;
  }
  return undefined;
}

/** Up to two letters that stand for a client without a logo. */
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
