import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import { Item } from './capability-item.tsx';
import { Fold } from './lazy-details.tsx';
import { ResultView } from './result-view.tsx';
import { formFields } from './server/form.ts';
import type { UseAnswer } from './server/http/messages.ts';
import type { Inspector } from './use-inspector.ts';

/** A tool with a form made from its input schema, and what calling it gave. */
export function ToolItem({ tool, busy, use }: { tool: Tool; busy: boolean; use: Inspector['use'] }) {
  const [answer, setAnswer] = useState<UseAnswer | undefined>(undefined);
  const { annotations } = tool;
  return (
    <Item
      name={tool.name}
      title={tool.title ?? annotations?.title}
      description={tool.description}
      badges={
        <>
          {annotations?.readOnlyHint && <Badge>read only</Badge>}
          {annotations?.destructiveHint && !annotations.readOnlyHint && (
            <Badge tone="warn">destructive</Badge>
          )}
        </>
      }
    >
      <ArgumentsForm
        id={`tool-${tool.name}`}
        fields={formFields(tool.inputSchema)}
        submit={`Call ${tool.name}`}
        busy={busy}
        onSubmit={async (values) =>
          setAnswer(await use({ action: 'call-tool', name: tool.name, arguments: values, definition: tool }))
        }
      />
      {answer && <ResultView answer={answer} result={answer.result as CallToolResult | undefined} />}
      <Fold summary="Definition" summaryClass="text-sm text-muted-foreground">
        <div className="mt-2">
          <CodeBlock title={`${sanitize(tool.name, 200)} as listed`} code={escapeInvisible(tool)} />
        </div>
      </Fold>
    </Item>
  );
}
