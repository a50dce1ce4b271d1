import type { CallToolResult, ReadResourceResult, Tool } from '@modelcontextprotocol/client';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { CallOutcome, Operation } from '../call-messages.ts';
import type { Call } from '../calls.ts';
import { nextId } from '../send.ts';
import { useRunning } from '../use-running.ts';
import { readView, type View, viewUri } from './view.ts';
import { ViewFrame } from './view-frame.tsx';

type SendOperation = (operation: Operation, signal: AbortSignal) => Promise<CallOutcome | undefined>;

/** The view (MCP Apps) of a tool, for the result of a call; nothing for a tool without one. */
export function ToolView({ call, tools, send }: { call: Call; tools: readonly Tool[]; send: SendOperation }) {
  const tool = call.target.kind === 'tool' ? tools.find(({ name }) => name === call.target.name) : undefined;
  const uri = tool && viewUri(tool);
  const result = call.outcome?.result as CallToolResult | undefined;
  if (tool === undefined || uri === undefined || result === undefined) return null;
  return (
    <LoadedView
      key={call.id}
      uri={uri}
      tool={tool}
      tools={tools}
      input={call.arguments}
      result={result}
      send={send}
    />
  );
}

type Loading = { state: 'reading' } | { state: 'refused'; why: string } | { state: 'read'; view: View };

function LoadedView({
  uri,
  send,
  ...shown
}: {
  uri: string;
  tool: Tool;
  tools: readonly Tool[];
  input: Record<string, unknown>;
  result: CallToolResult;
  send: SendOperation;
}) {
  const [loading, setLoading] = useState<Loading>({ state: 'reading' });
  const [opened, setOpened] = useState(false);
  const [closed, setClosed] = useState(false);
  const running = useRunning();

  /** @throws {Error} with what to say when there is no result */
  async function resultOf<Result>(operation: Operation): Promise<Result> {
    const abort = new AbortController();
    const id = nextId();
    running.current.set(id, abort);
    const outcome = await send(operation, abort.signal);
    running.current.delete(id);
    const [finding] = outcome?.findings ?? [];
    if (outcome?.failure) throw new Error(outcome.failure.message);
    if (finding) throw new Error(`${finding.title}. ${finding.observed}`);
    if (outcome?.result === undefined) throw new Error('There is no result: use the form of the tool.');
    return outcome.result as Result;
  }

  const read = useEffectEvent(async () => {
    try {
      const view = readView(await resultOf<ReadResourceResult>({ kind: 'resource', uri }));
      setLoading('refused' in view ? { state: 'refused', why: view.refused } : { state: 'read', view });
    } catch (error) {
      setLoading({ state: 'refused', why: error instanceof Error ? error.message : 'It could not be read.' });
    }
  });
  // Deferred, so that Strict Mode's second run replaces the first.
  useEffect(() => {
    const timer = setTimeout(read);
    return () => clearTimeout(timer);
  }, []);

  if (closed)
    return (
      <Button size="small" onClick={() => setClosed(false)}>
        Show the view
      </Button>
    );
  switch (loading.state) {
    case 'reading':
      return (
        <p role="status" className="text-sm text-muted-foreground">
          Reading the view <code className="wrap-anywhere">{sanitize(uri, 200)}</code>
        </p>
      );
    case 'refused':
      return (
        <Callout tone="warn" title="The view of this tool is not shown" live>
          <p className="wrap-anywhere">
            <code>{sanitize(uri, 200)}</code> {sanitize(loading.why, 500)}
          </p>
        </Callout>
      );
    case 'read': {
      const { html, origins } = loading.view;
      const declared = [...new Set([...origins.connect, ...origins.resource])];
      return (
        <section aria-label="View" className="space-y-2">
          <ViewFrame
            key={String(opened)}
            {...shown}
            html={html}
            origins={opened ? origins : undefined}
            callTool={(name, input) =>
              resultOf({
                kind: 'tool',
                name,
                arguments: input,
                definition: shown.tools.find((tool) => tool.name === name),
              })
            }
            readResource={(resource) => resultOf({ kind: 'resource', uri: resource })}
            onClose={() => setClosed(true)}
          />
          {declared.length > 0 && !opened && (
            <div className="flex flex-wrap items-center gap-2 text-sm text-muted-foreground">
              <span className="min-w-0 wrap-anywhere">
                The view declares requests to {declared.join(', ')}. They are blocked.
              </span>
              <Button size="small" onClick={() => setOpened(true)}>
                Allow and load again
              </Button>
            </div>
          )}
        </section>
      );
    }
  }
}
