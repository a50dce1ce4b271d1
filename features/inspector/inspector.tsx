'use client';

import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Waypoints } from '#components/ui/icons.tsx';
import { REQUEST_FAILURES } from '#components/ui/request-failure.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import { refresh } from './actions.ts';
import { ExportButtons } from './export-buttons.tsx';
import { FindingsList } from './findings-list.tsx';
import type { SessionSummary } from './messages.ts';
import { RunForm } from './run-form.tsx';
import { Sequence } from './sequence.tsx';
import { outcome } from './sequence-row.tsx';
import { ServerPanel } from './server-panel.tsx';
import { SessionPanel, StepUpNotice } from './session-panel.tsx';
import { SignInPanel } from './sign-in-panel.tsx';
import { allFindings, type InspectorState } from './state.ts';
import { useInspector } from './use-inspector.ts';

const FAILURES: Record<NonNullable<InspectorState['failure']>, string> = {
  cross_site: 'The request did not come from this page.',
  signed_out: 'Your session has ended. Reload the page to sign in again.',
  invalid_request: 'The request is invalid or too large.',
  session_unavailable: 'Your session cannot be checked now. You are not signed out; try again.',
  ...REQUEST_FAILURES,
};

/** The inspector: discovery, its requests and findings, sign-in, and calls to the server. */
export function Inspector({
  owner,
  defaultUrl,
  session,
}: {
  /** Id of the signed-in user. */
  owner: string;
  defaultUrl: string;
  session: SessionSummary | undefined;
}) {
  const { state, run, signIn, call, connect, disconnect } = useInspector(owner, session);
  const [open, setOpen] = useState<string>();
  const { rows, busy, serverUrl } = state;
  const findings = bySeverity(allFindings(state));
  const last = rows.at(-1);
  const [refused] = state.findings.call;

  function show(exchangeId: string) {
    // Expand first: a hidden element can be neither scrolled to nor focused.
    flushSync(() => setOpen(exchangeId));
    document.getElementById(`exchange-${exchangeId}`)?.scrollIntoView({ block: 'start' });
    document
      .querySelector<HTMLElement>(`#exchange-${CSS.escape(exchangeId)} > button`)
      ?.focus({ preventScroll: true });
  }

  return (
    <div className="space-y-10">
      <RunForm defaultUrl={defaultUrl} busy={busy === 'run'} onRun={run} />
      {state.failure && (
        <Callout tone="bad" title="Request failed" live>
          <p>{FAILURES[state.failure]}</p>
        </Callout>
      )}
      <p aria-live="polite" className="sr-only">
        {last && `Request ${rows.length}: ${last.title}, ${outcome(last)}`}
        {busy === undefined && rows.length > 0 && `. ${findings.length} findings.`}
      </p>
      {rows.length === 0 && !state.session && (
        <EmptyState icon={Waypoints} title="Nothing run yet">
          Run sends the server a request without a token and follows its response. Sign-in begins only when
          you choose it.
        </EmptyState>
      )}
      {rows.length + findings.length > 0 && serverUrl !== undefined && (
        <div className="grid gap-x-10 gap-y-10 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <section aria-labelledby="requests" className="min-w-0">
            <h2 id="requests" className="mb-3 text-base">
              Requests
            </h2>
            <Sequence
              rows={rows}
              open={open}
              onToggle={(id) => setOpen((now) => (now === id ? undefined : id))}
            />
          </section>
          <section aria-labelledby="findings" className="min-w-0">
            <h2 id="findings" className="mb-3 text-base">
              Findings
            </h2>
            <FindingsList findings={findings} rows={rows} running={busy === 'run'} onShow={show} />
            <div className="mt-6">
              <ExportButtons report={{ serverUrl, findings, exchanges: rows }} />
            </div>
          </section>
        </div>
      )}
      {!state.session && refused && (
        <Callout tone="bad" title={refused.title} live>
          <p className="wrap-anywhere">{refused.observed}</p>
          <p className="mt-1 wrap-anywhere">{refused.fix}</p>
        </Callout>
      )}
      {state.offer && !state.session && (
        <SignInPanel offer={state.offer} busy={busy !== undefined} onSignIn={signIn} />
      )}
      {state.session && (
        <SessionPanel
          session={state.session}
          connected={state.view !== undefined}
          busy={busy !== undefined}
          onConnect={connect}
          onRefresh={() => call(refresh)}
          onDisconnect={disconnect}
        />
      )}
      {state.stepUp && (
        <StepUpNotice
          scopes={state.stepUp}
          busy={busy !== undefined}
          onStepUp={() => signIn({ as: 'step-up' })}
        />
      )}
      {state.view && <ServerPanel view={state.view} busy={busy !== undefined} call={call} />}
    </div>
  );
}
