import { cache } from 'react';
import type { ConnectionRow } from '#lib/connections/view.ts';
import { GuardedFetchError } from '#lib/net/guarded-fetch.ts';
import { type ClientMetadataReading, readClientMetadata } from '#lib/oauth/client-metadata-document.ts';

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
