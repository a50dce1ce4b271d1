import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { documentForm } from '#features/client-metadata/document-form.ts';
import { GeneratedDocument, GenerateForm } from '#features/client-metadata/generate.tsx';
import { ClientMetadataPages, GENERATE_PATH } from '#features/client-metadata/page-links.tsx';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Generate a client metadata document' };

export default async function GenerateClientMetadata({
  searchParams,
}: PageProps<'/inspector/client-metadata/write'>) {
  await requireUser();
  const form = documentForm(await searchParams);
  return (
    <>
      <PageHeader
        title="Generate a client metadata document"
        lead="The document to publish for your own client, so that authorization servers that support CIMD accept it without registration."
      />
      <ClientMetadataPages here={GENERATE_PATH} />
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-2">
        <GenerateForm form={form} />
        <div id="result" className="min-w-0 scroll-mt-4">
          <GeneratedDocument form={form} />
        </div>
      </div>
    </>
  );
}
