import type { CallToolResult, GetPromptResult, ReadResourceResult, Tool } from '@modelcontextprotocol/client';
import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { ElicitAnswer } from './call-actions.ts';
import type { CallOutcome } from './call-messages.ts';
import { Contents, Messages, ToolResult } from './call-result.tsx';
import { CallState, duration } from './call-state.tsx';
import type { Call } from './calls.ts';
import { codeSamples, type SampleRequest } from './code-samples.ts';
import { Elapsed } from './elapsed.tsx';
import { ElicitationForm } from './elicitation-form.tsx';
import { StepUp } from './step-up.tsx';

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
  children,
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
  /** Shown below the outcome. */
  children?: ReactNode;
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
      {children}
      {state !== 'running' && <Samples sample={sample} />}
    </section>
  );
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
