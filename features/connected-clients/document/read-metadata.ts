import { cache } from 'react';
import { type ClientMetadataReading, readClientMetadata } from '#lib/cimd/client-metadata-document.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch.ts';
import type { ClientRecord, Identity } from '../client-identity.ts';
import { identifyByDocument } from './document-identity.ts';

const readOnce = cache(async (clientId: string, userId: string): Promise<ClientMetadataReading | null> => {
  try {
    return await readClientMetadata(clientId, { limitKey: userId });
  } catch (error) {
    if (error instanceof GuardedFetchError) return null;
    throw error;
  }
});

/** The client metadata document of a client, read once per page; null for a client without one, or when rate limited. */
export async function readMetadata(
  { host, clientId }: ClientRecord,
  userId: string,
): Promise<ClientMetadataReading | null> {
  return host === undefined || clientId === undefined ? null : readOnce(clientId, userId);
}

/** The identity of a client by its metadata document; undefined for a client without one. */
export async function documentProof(row: ClientRecord, userId: string): Promise<Identity | undefined> {
  const { host } = row;
  return host === undefined
    ? undefined
    : identifyByDocument({ ...row, host }, await readMetadata(row, userId));
}
