import type { Metadata } from 'next';
import { Suspense } from 'react';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { FileSearch } from '#components/ui/icons.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { CheckForm } from '#features/client-metadata/check-form.tsx';
import { ClientMetadataPages } from '#features/client-metadata/pages.tsx';
import { Reading, ReadingSkeleton } from '#features/client-metadata/reading.tsx';
import { config } from '#lib/config/env.ts';
import { clientMetadataUrl } from '#lib/config/urls.ts';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Check a client metadata document' };

export default async function CheckClientMetadata({ searchParams }: PageProps<'/inspector/client-metadata'>) {
  const user = await requireUser();
  const { client_id: asked } = await searchParams;
  const clientId = typeof asked === 'string' ? asked.trim().slice(0, 4096) : '';
  return (
    <>
      <PageHeader
        title="Check a client metadata document"
        lead="A client without registration is known by a URL, and the document at that URL says who it is. This reads it as an authorization server would."
      />
      <ClientMetadataPages here="/inspector/client-metadata" />
      <CheckForm clientId={clientId} own={clientMetadataUrl(config())} />
      {clientId === '' ? (
        <EmptyState icon={FileSearch} title="Nothing checked yet">
          Enter a client id above. Only https URLs of public hosts are fetched.
        </EmptyState>
      ) : (
        <Suspense fallback={<ReadingSkeleton />}>
          <Reading clientId={clientId} userId={user.id} />
        </Suspense>
      )}
    </>
  );
}
