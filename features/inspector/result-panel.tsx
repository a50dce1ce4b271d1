import type { CallToolResult, GetPromptResult, ReadResourceResult, Tool } from '@modelcontextprotocol/client';
import { useEffect, useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { TriangleAlert } from '#components/ui/icons.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { CallOutcome } from './call-messages.ts';
import type { Call } from './calls.ts';
import { codeSamples, type SampleRequest } from './code-samples.ts';
import { ContentBlock } from './content-block.tsx';
import { ElicitationForm } from './elicitation-form.tsx';
import { JsonView } from './json-view.tsx';
import { schemaProblem } from './schema-check.ts';
import type { ElicitAnswer } from './use-inspector.ts';

/** A call: its progress, what the server asks, and its outcome. */
export function ResultPanel({
  call,
  tool,
  sample,
  stale,
  busy,
  onCancel,
  onAnswer,
  onStepUp,
}: {
  call: Call;
  tool: Tool | undefined;
  /** The request as code. */
  sample: SampleRequest;
  /** Whether the form has newer arguments, which were not accepted. */
  stale: boolean;
  busy: boolean;
  onCancel: () => void;
  onAnswer: (responses: Readonly<Record<string, ElicitAnswer>>) => void;
  onStepUp: (offer: string) => void;
}) {
  const { outcome, state, asked } = call;
  return (
    <section
      aria-label="Result"
      className={stale ? 'space-y-3 opacity-50' : 'space-y-3'}
      data-stale={stale || undefined}
    >
      <h4 className="flex flex-wrap items-baseline gap-x-3 text-sm font-normal text-muted-foreground">
        <CallState call={call} />
        <time dateTime={new Date(call.at).toISOString()}>{new Date(call.at).toLocaleTimeString()}</time>
        {outcome && <span className="tabular-nums">{duration(outcome.durationMs)}</span>}
        {stale && <span>of earlier arguments</span>}
      </h4>
      {state === 'running' && !asked && <Running call={call} onCancel={onCancel} />}
      {asked && (
        <ElicitationForm key={asked.reply} requests={{ question: asked.elicitation }} onAnswer={onAnswer} />
      )}
      {outcome?.input && <ElicitationForm requests={outcome.input.requests} onAnswer={onAnswer} />}
      {outcome && <Outcome call={call} outcome={outcome} tool={tool} busy={busy} onStepUp={onStepUp} />}
      {state !== 'running' && <Samples sample={sample} />}
    </section>
  );
}

export const duration = (milliseconds: number) =>
  milliseconds < 10_000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

/** Whether a call went well, in a word. */
export function CallState({ call: { state, outcome, asked } }: { call: Call }) {
  if (asked) return <Badge tone="accent">Waiting for you</Badge>;
  if (state === 'running') return <Badge tone="accent">Running</Badge>;
  if (state === 'cancelled') return <Badge>Cancelled</Badge>;
  if (outcome?.input) return <Badge tone="accent">Input required</Badge>;
  if (outcome?.stepUp) return <Badge tone="warn">More scopes needed</Badge>;
  const isError = (outcome?.result as CallToolResult | undefined)?.isError === true;
  if (state === 'failed' || !outcome || outcome.failure || outcome.findings.length > 0)
    return <Badge tone="bad">Failed</Badge>;
  return isError ? <Badge tone="bad">Tool error</Badge> : <span className="text-foreground">Done</span>;
}

function Running({ call, onCancel }: { call: Call; onCancel: () => void }) {
  const { progress } = call;
  return (
    <div className="space-y-2">
      <progress
        aria-label="Progress"
        value={progress?.total === undefined ? undefined : progress.progress}
        max={progress?.total}
        className="block h-2 w-full accent-primary [&::-moz-progress-bar]:bg-primary [&::-webkit-progress-bar]:bg-muted [&::-webkit-progress-value]:bg-primary [&[value]]:appearance-none"
      />
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <Elapsed since={call.at} />
        <span role="status" className="min-w-0 flex-1 wrap-anywhere text-muted-foreground">
          {progress && (
            <>
              {progress.progress}
              {progress.total !== undefined && ` of ${progress.total}`}
              {progress.message !== undefined && `, ${sanitize(progress.message, 300)}`}
            </>
          )}
        </span>
        <Button size="small" onClick={onCancel} aria-label="Cancel this call">
          Cancel
        </Button>
      </div>
    </div>
  );
}

function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span className="tabular-nums">{Math.max(0, Math.round((now - since) / 1000))} s</span>;
}

function Outcome({
  call,
  outcome,
  tool,
  busy,
  onStepUp,
}: {
  call: Call;
  outcome: CallOutcome;
  tool: Tool | undefined;
  busy: boolean;
  onStepUp: (offer: string) => void;
}) {
  const { failure, findings, stepUp, result, input } = outcome;
  if (stepUp) return <StepUp stepUp={stepUp} busy={busy} onStepUp={onStepUp} />;
  if (failure)
    return (
      <Callout tone="bad" title="The server returned an error" live>
        <p className="wrap-anywhere">
          {failure.code !== undefined && <code>{failure.code} </code>}
          {sanitize(failure.message, 500)}
        </p>
      </Callout>
    );
  const [finding] = findings;
  if (finding)
    return (
      <Callout tone="bad" title={finding.title} live>
        <p className="wrap-anywhere">{finding.observed}</p>
        <p className="mt-1 wrap-anywhere">{finding.fix}</p>
      </Callout>
    );
  if (input) return null;
  if (result === undefined)
    return (
      <p className="text-sm text-muted-foreground">The result was too large to be kept over a reload.</p>
    );
  switch (call.target.kind) {
    case 'tool':
      return <ToolResult result={result as CallToolResult} tool={tool} />;
    case 'prompt':
      return <Messages result={result as GetPromptResult} />;
    default:
      return <Contents result={result as ReadResourceResult} />;
  }
}

/** Offers a sign-in with the scopes that the call needs; the call is repeated after it. */
function StepUp({
  stepUp: { needed, granted, offer },
  busy,
  onStepUp,
}: {
  stepUp: NonNullable<CallOutcome['stepUp']>;
  busy: boolean;
  onStepUp: (offer: string) => void;
}) {
  return (
    <Callout tone="warn" title="This call needs more scopes" live>
      <ul className="my-2 space-y-1">
        {needed.map((scope) => (
          <li key={scope} className="flex flex-wrap items-baseline gap-2">
            <code className="wrap-anywhere">{sanitize(scope, 200)}</code>
            <span>{granted.includes(scope) ? 'already granted' : 'new'}</span>
          </li>
        ))}
      </ul>
      {offer === undefined ? (
        <p>Use a token that has these scopes.</p>
      ) : (
        <>
          <p>
            The sign-in also asks for the scopes granted so far. The call is then repeated with the same
            arguments.
          </p>
          <Button
            size="small"
            disabled={busy}
            onClick={() => onStepUp(offer)}
            className="mt-2 py-1 text-left whitespace-normal!"
          >
            Sign in with these scopes and call again
          </Button>
        </>
      )}
    </Callout>
  );
}

/** The result of a tool: content, structured content, raw. */
function ToolResult({ result, tool }: { result: CallToolResult; tool: Tool | undefined }) {
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

function Messages({ result }: { result: GetPromptResult }) {
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

function Contents({ result }: { result: ReadResourceResult }) {
  return (
    <div className="space-y-2">
      {result.contents.map((resource, index) => (
        <ContentBlock key={`${index} ${resource.uri}`} block={{ type: 'resource', resource }} />
      ))}
      {result.contents.length === 0 && <p className="text-sm text-muted-foreground">Empty result</p>}
    </div>
  );
}

function Samples({ sample }: { sample: SampleRequest }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="text-sm text-muted-foreground">Copy as code</summary>
      {open && (
        <div className="mt-2">
          <Tabs
            label="Code"
            tabs={codeSamples(sample).map(({ id, label, code }) => ({
              id,
              label,
              panel: <CodeBlock title={label} code={code} />,
            }))}
          />
        </div>
      )}
    </details>
  );
}
