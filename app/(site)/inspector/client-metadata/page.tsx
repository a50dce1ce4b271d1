import type { Metadata } from 'next';
import { Suspense } from 'react';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { FileSearch } from '#components/ui/icons.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { ClientMetadataPages, VALIDATE_PATH } from '#features/client-metadata/page-links.tsx';
import { ValidateForm, Validation, ValidationSkeleton } from '#features/client-metadata/validate.tsx';
import { config } from '#lib/config/env.ts';
import { clientMetadataUrl } from '#lib/config/urls.ts';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Validate a client metadata document' };

export default async function ValidateClientMetadata({
  searchParams,
}: PageProps<'/inspector/client-metadata'>) {
  const user = await requireUser();
  const { client_id: query } = await searchParams;
  const clientId = typeof query === 'string' ? query.trim().slice(0, 4096) : '';
  return (
    <>
      <PageHeader
        title="Validate a client metadata document"
        lead="An unregistered client is identified by a URL. The document at that URL describes the client. This page fetches and validates it as an authorization server does."
      />
      <ClientMetadataPages here={VALIDATE_PATH} />
      <ValidateForm clientId={clientId} own={clientMetadataUrl(config())} />
      {clientId === '' ? (
        <EmptyState icon={FileSearch} title="No document validated yet">
          Enter a client ID above. Only https URLs of public hosts are fetched.
        </EmptyState>
      ) : (
        <Suspense fallback={<ValidationSkeleton />}>
          <Validation clientId={clientId} userId={user.id} />
        </Suspense>
      )}
    </>
  );
}
