import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { CodeBlock } from './code-block.tsx';

/** A client metadata document as it was served. */
export function DocumentSource({
  reading,
}: {
  /** The document as parsed; undefined when it could not be read. */
  reading: { clientId: string; document?: unknown };
}) {
  if (reading.document === undefined)
    return <p className="text-sm text-muted-foreground">There is no document to show. See the errors.</p>;
  return <CodeBlock title={sanitize(reading.clientId, 2048)} code={escapeInvisible(reading.document)} />;
}
