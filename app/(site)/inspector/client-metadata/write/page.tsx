import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { clientMetadataForm } from '#features/client-metadata/client-metadata-form.ts';
import { ClientMetadataPages } from '#features/client-metadata/pages.tsx';
import { WriteForm } from '#features/client-metadata/write-form.tsx';
import { Written } from '#features/client-metadata/written.tsx';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Write a client metadata document' };

export default async function WriteClientMetadata({
  searchParams,
}: PageProps<'/inspector/client-metadata/write'>) {
  await requireUser();
  const form = clientMetadataForm(await searchParams);
  return (
    <>
      <PageHeader
        title="Write a client metadata document"
        lead="For a client of your own: what to publish so that any authorization server that reads such documents knows it, with nothing registered anywhere."
      />
      <ClientMetadataPages here="/inspector/client-metadata/write" />
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-2">
        <WriteForm form={form} />
        <div id="result" className="min-w-0 scroll-mt-4">
          <Written form={form} />
        </div>
      </div>
    </>
  );
}
