import type { Tool } from '@modelcontextprotocol/client';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { cleanLines, escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import { type Call, type Target, targetKey } from './calls.ts';
import type { Arguments } from './field.ts';
import { LazyDetails } from './lazy-details.tsx';
import { lintTool } from './lint/tool-lint.ts';
import { schemaProblem } from './schema-check.ts';
import type { ServerView } from './server/server-view.ts';
import { describe, fieldsOf } from './target-fields.ts';
import { ToolWarnings } from './tool-warnings.tsx';
import type { Inspector } from './use-inspector.ts';
import type { Suggest } from './use-suggestions.ts';

/** The chosen tool, prompt or resource: what it is, and the form that calls it. */
export function TargetPanel({
  target,
  view,
  calls,
  given,
  version,
  subscribed,
  onCall,
  onCancel,
  onInvalid,
  onSubscribe,
  complete,
}: {
  target: Target;
  view: ServerView;
  calls: readonly Call[];
  /** Arguments to begin with. */
  given: Arguments | undefined;
  /** Changes when the form has to begin again. */
  version: number;
  subscribed: boolean;
  onCall: (values: Arguments) => void;
  onCancel: (id: string) => void;
  onInvalid: () => void;
  onSubscribe: (on: boolean) => void;
  complete: Inspector['complete'];
}) {
  const key = targetKey(target);
  const tool = target.kind === 'tool' ? view.tools.find(({ name }) => name === target.name) : undefined;
  const about = tool ?? describe(target, view);
  const running = calls.find((call) => targetKey(call.target) === key && call.state === 'running');
  return (
    <section aria-label={sanitize(target.name, 200)} className="space-y-4">
      <header className="space-y-2">
        <h3 className="flex flex-wrap items-center gap-2 text-base">
          <code className="wrap-anywhere">{sanitize(target.name, 300)}</code>
          {tool && <Annotations tool={tool} />}
        </h3>
        {about?.title && about.title !== target.name && (
          <p className="text-sm text-muted-foreground">{sanitize(about.title, 120)}</p>
        )}
        {about?.description && (
          <p className="max-w-[65ch] text-sm whitespace-pre-line wrap-anywhere text-muted-foreground">
            {cleanLines(about.description.slice(0, 2000))}
          </p>
        )}
      </header>
      {!tool && target.kind === 'tool' && (
        <p className="text-sm text-warning">The server does not list this tool any more.</p>
      )}
      <ArgumentsForm
        key={`${key} ${version}`}
        id={`form-${key}`}
        fields={fieldsOf(target, view, tool)}
        given={given}
        submit={SUBMIT[target.kind](target.name)}
        busy={running !== undefined}
        suggest={suggestFor(target, view, complete)}
        check={tool && ((values) => argumentProblem(tool, values))}
        onSubmit={onCall}
        onInvalid={onInvalid}
      >
        {running && (
          <Button size="small" onClick={() => onCancel(running.id)}>
            Cancel
          </Button>
        )}
        {target.kind === 'resource' && canSubscribe(view) && (
          <Button size="small" aria-pressed={subscribed} onClick={() => onSubscribe(!subscribed)}>
            {subscribed ? 'Unsubscribe' : 'Subscribe'}
          </Button>
        )}
      </ArgumentsForm>
      {tool && <ToolWarnings warnings={lintTool(tool)} />}
      <LazyDetails summary="Definition" summaryClass="text-sm text-muted-foreground">
        <div className="mt-2">
          <CodeBlock title="As listed" code={escapeInvisible(tool ?? about ?? target)} />
        </div>
      </LazyDetails>
    </section>
  );
}

const SUBMIT: Record<Target['kind'], (name: string) => string> = {
  tool: (name) => `Call ${name}`,
  prompt: () => 'Get messages',
  resource: () => 'Read',
  template: () => 'Read',
};

const canSubscribe = ({ capabilities }: ServerView) => {
  const { resources } = capabilities as { resources?: { subscribe?: boolean } };
  return resources?.subscribe === true;
};

/** Arguments of prompts and resource templates can be completed by a server that says so. */
function suggestFor(
  { kind, name }: Target,
  { capabilities }: ServerView,
  complete: Inspector['complete'],
): Suggest | undefined {
  if (!('completions' in capabilities) || (kind !== 'prompt' && kind !== 'template')) return undefined;
  const reference =
    kind === 'prompt' ? { type: 'ref/prompt' as const, name } : { type: 'ref/resource' as const, uri: name };
  return (argument, known, signal) =>
    complete({ kind: 'complete', reference, argument, arguments: known }, signal);
}

async function argumentProblem(tool: Tool, values: Arguments): Promise<string | undefined> {
  const problem = await schemaProblem(tool.inputSchema, values);
  return problem && `These arguments do not fit the input schema: ${problem}`;
}

function Annotations({ tool: { annotations = {} } }: { tool: Tool }) {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  return (
    <>
      {readOnlyHint && <Badge title="readOnlyHint: the tool says that it changes nothing">read only</Badge>}
      {destructiveHint && !readOnlyHint && (
        <Badge tone="warn" title="destructiveHint: the tool says that it can destroy something">
          destructive
        </Badge>
      )}
      {idempotentHint && !readOnlyHint && <Badge title="idempotentHint">idempotent</Badge>}
      {openWorldHint && <Badge title="openWorldHint: the tool reaches other systems">open world</Badge>}
    </>
  );
}
