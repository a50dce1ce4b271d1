import type { CallToolResult } from '@modelcontextprotocol/client';
import { Callout } from '#components/ui/callout.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { Content } from './content-block.tsx';
import type { UseAnswer } from './server/http/messages.ts';

/** What a call gave: shown, structured, raw; or why it gave nothing. */
export function ResultView({ answer, result }: { answer: UseAnswer; result: CallToolResult | undefined }) {
  if (answer.failure)
    return (
      <Callout tone="bad" title="The server answered with an error" live>
        <p className="wrap-anywhere">
          {answer.failure.code !== undefined && <code>{answer.failure.code} </code>}
          {sanitize(answer.failure.message, 500)}
        </p>
      </Callout>
    );
  if (answer.findings.length > 0)
    return (
      <Callout tone="bad" title={answer.findings[0]?.title ?? 'Refused'} live>
        <p className="wrap-anywhere">{answer.findings[0]?.observed}</p>
        <p className="mt-1 wrap-anywhere">{answer.findings[0]?.fix}</p>
      </Callout>
    );
  if (!result) return null;
  const { content = [], structuredContent, isError } = result;
  return (
    <div role="status" className="space-y-2">
      {isError && <Callout tone="bad" title="The tool reports an error" />}
      <Tabs
        label="Result"
        tabs={[
          {
            id: 'content',
            label: 'Content',
            panel: (
              <div className="space-y-2">
                {content.map((block, index) => (
                  <Content key={`${index} ${block.type}`} block={block} />
                ))}
                {content.length === 0 && (
                  <p className="text-sm text-muted-foreground">There is no content.</p>
                )}
              </div>
            ),
          },
          ...(structuredContent === undefined
            ? []
            : [
                {
                  id: 'structured',
                  label: 'Structured',
                  panel: <CodeBlock title="structuredContent" code={escapeInvisible(structuredContent)} />,
                },
              ]),
          {
            id: 'raw',
            label: 'Raw',
            panel: <CodeBlock title="Result" code={escapeInvisible(result)} />,
          },
        ]}
      />
    </div>
  );
}
