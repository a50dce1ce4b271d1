import { cache } from 'react';
import { type ClientMetadataReading, readClientMetadata } from '#lib/cimd/client-metadata-document.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch.ts';

/**
 * The metadata document of a client that has one, read once for a page; `null` when it was not to be had because
 * too much was asked at once, or for a client that has none.
 */
export const readDocument = cache(
  async (clientId: string, userId: string): Promise<ClientMetadataReading | null> => {
    try {
      return await readClientMetadata(clientId, { limitKey: userId });
    } catch (error) {
      if (error instanceof GuardedFetchError) return null;
      throw error;
    }
  },
);

/** {@link readDocument} for a row. */
export async function readingOf(row: ConnectionRow, userId: string): Promise<ClientMetadataReading | null> {
  return row.host === undefined || row.clientId === undefined ? null : readDocument(row.clientId, userId);
}
