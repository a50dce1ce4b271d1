import type { CallToolResult } from '@modelcontextprotocol/client';
import { Callout } from '#components/ui/callout.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { ContentBlock } from './content-block.tsx';
import type { CallAnswer } from './messages.ts';

/** Why a call has no result: an error of the server, or a finding. */
export function CallFailure({ answer }: { answer: CallAnswer }) {
  if (answer.failure)
    return (
      <Callout tone="bad" title="The server returned an error" live>
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
  return null;
}

/** The result of a tool: content, structured content, raw. */
export function ToolResult({ result }: { result: CallToolResult }) {
  const { content = [], structuredContent, isError } = result;
  return (
    <div role="status" className="space-y-2">
      {isError && <Callout tone="bad" title="The tool returned an error" />}
      <Tabs
        label="Result"
        tabs={[
          {
            id: 'content',
            label: 'Content',
            panel: (
              <div className="space-y-2">
                {content.map((block, index) => (
                  <ContentBlock key={`${index} ${block.type}`} block={block} />
                ))}
                {content.length === 0 && <p className="text-sm text-muted-foreground">Empty result</p>}
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
