import type { CallToolResult, GetPromptResult, ReadResourceResult, Tool } from '@modelcontextprotocol/client';
import { useEffect, useState } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { TriangleAlert } from '#components/ui/icons.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { ContentBlock } from './content-block.tsx';
import { JsonView } from './json-view.tsx';
import { schemaProblem } from './schema-check.ts';

/** The result of a tool: content, structured content, raw. */
export function ToolResult({ result, tool }: { result: CallToolResult; tool: Tool | undefined }) {
  const { content = [], structuredContent, isError } = result;
  return (
    <div role="status" className="space-y-2">
      {isError && <Callout tone="bad" title="The tool returned an error" />}
      {!isError && tool?.outputSchema !== undefined && (
        <OutputCheck schema={tool.outputSchema} value={structuredContent} />
      )}
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
                  panel: <JsonView title="structuredContent" value={structuredContent} />,
                },
              ]),
          { id: 'raw', label: 'Raw', panel: <JsonView title="Result" value={result} /> },
        ]}
      />
    </div>
  );
}

/** Says when the structured content does not fit the output schema of the tool. */
function OutputCheck({ schema, value }: { schema: unknown; value: unknown }) {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let current = true;
    void schemaProblem(schema, value).then((found) => current && setProblem(found));
    return () => {
      current = false;
    };
  }, [schema, value]);
  const shown =
    value === undefined ? 'The tool has an output schema, and the result has no structuredContent.' : problem;
  return shown === undefined ? null : (
    <p className="flex gap-2 text-sm text-warning">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span className="min-w-0 wrap-anywhere">
        {value === undefined ? shown : `The result does not fit the output schema: ${shown}`}
      </span>
    </p>
  );
}

/** The messages of a prompt. */
export function Messages({ result }: { result: GetPromptResult }) {
  return (
    <ol className="space-y-3">
      {result.messages.map(({ role, content }, index) => (
        <li key={`${index + 1} ${role}`} className="space-y-1">
          <p className="text-sm text-muted-foreground">{role}</p>
          <ContentBlock block={content} />
        </li>
      ))}
    </ol>
  );
}

/** The contents of a resource. */
export function Contents({ result }: { result: ReadResourceResult }) {
  return (
    <div className="space-y-2">
      {result.contents.map((resource, index) => (
        <ContentBlock key={`${index} ${resource.uri}`} block={{ type: 'resource', resource }} />
      ))}
      {result.contents.length === 0 && <p className="text-sm text-muted-foreground">Empty result</p>}
    </div>
  );
}
