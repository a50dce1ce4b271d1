import { cache } from 'react';
import { type ClientMetadataReading, readClientMetadata } from '#lib/cimd/client-metadata-document.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch.ts';

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
  row: ConnectionRow,
  userId: string,
): Promise<ClientMetadataReading | null> {
  return row.host === undefined || row.clientId === undefined ? null : readOnce(row.clientId, userId);
}
