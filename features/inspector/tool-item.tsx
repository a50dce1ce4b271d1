import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { callTool } from './actions.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import { CapabilityItem } from './capability-item.tsx';
import { formFields } from './form-fields.ts';
import { LazyDetails } from './lazy-details.tsx';
import type { CallAnswer } from './messages.ts';
import { CallFailure, ToolResult } from './result-view.tsx';
import type { Inspector } from './use-inspector.ts';

/** A tool with a form from its input schema, and the result of the last call. */
export function ToolItem({ tool, busy, call }: { tool: Tool; busy: boolean; call: Inspector['call'] }) {
  const [answer, setAnswer] = useState<CallAnswer<CallToolResult>>();
  const { annotations } = tool;
  return (
    <CapabilityItem
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
          setAnswer(await call(() => callTool({ name: tool.name, arguments: values, definition: tool })))
        }
      />
      {answer && <CallFailure answer={answer} />}
      {answer?.result && <ToolResult result={answer.result} />}
      <LazyDetails summary="Definition" summaryClass="text-sm text-muted-foreground">
        <div className="mt-2">
          <CodeBlock title={`${sanitize(tool.name, 200)} as listed`} code={escapeInvisible(tool)} />
        </div>
      </LazyDetails>
    </CapabilityItem>
  );
}
