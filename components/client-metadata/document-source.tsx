import { CodeBlock } from '#components/code-block.tsx';
import { cleanText, visibleJson } from '#lib/net/text.ts';
import type { ClientMetadataReading } from '#lib/oauth/client-metadata-document.ts';

/** The document as it was served. */
export function DocumentSource({
  reading,
}: {
  reading: Pick<ClientMetadataReading, 'clientId' | 'document'>;
}) {
  if (reading.document === undefined)
    return <p className="text-small text-muted">There is no document to show: see the rules that failed.</p>;
  return <CodeBlock title={cleanText(reading.clientId, 2048)} code={visibleJson(reading.document)} />;
}
