import type { ClientMetadataReading } from '#lib/cimd/client-metadata-document.ts';
import { type ClientRecord, type Identity, identifyByHost, type Trust } from '../client-identity.ts';

/**
 * The identity of a client by its metadata document.
 *
 * @param reading - of the document; null when it was not read because of the rate limit
 */
export function identifyByDocument(
  row: ClientRecord & { host: string },
  reading: ClientMetadataReading | null,
): Identity {
  const resemblance = reading?.lookAlike;
  return {
    ...identifyByHost(row, row.host, {
      name: (reading?.name || row.name) ?? '',
      trust: documentTrust(reading),
      resemblance,
    }),
    hasLogo: reading?.logoUri !== undefined && resemblance === undefined,
  };
}

function documentTrust(reading: ClientMetadataReading | null): Trust {
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
