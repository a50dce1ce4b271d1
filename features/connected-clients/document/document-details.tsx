import { Suspense } from 'react';
import { DocumentSource } from '#components/ui/document-source.tsx';
import { FindingList } from '#components/ui/finding-list.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { ClientRecord } from '../client-identity.ts';
import { readMetadata } from './read-metadata.ts';

type Props = { row: ClientRecord; userId: string };

/** What the checks of the client's metadata document found; nothing for a client without one. */
export async function DocumentFindings({ row, userId }: Props) {
  const reading = await readMetadata(row, userId);
  if (reading === null) return null;
  return (
    <div className="mt-4">
      <FindingList findings={reading.findings} />
    </div>
  );
}

/** The client's metadata document; nothing for a client without one. */
export function DocumentSection({ row, userId }: Props) {
  if (row.host === undefined) return null;
  return (
    <section aria-labelledby="document" className="min-w-0">
      <h2 id="document" className="mb-3 text-sm">
        Client metadata document
      </h2>
      <Suspense fallback={<Skeleton className="h-64 w-full" />}>
        <Source row={row} userId={userId} />
      </Suspense>
    </section>
  );
}

async function Source({ row, userId }: Props) {
  const reading = await readMetadata(row, userId);
  return reading ? (
    <DocumentSource reading={reading} />
  ) : (
    <p className="text-sm text-muted-foreground">Rate limited. Try again in a minute.</p>
  );
}
