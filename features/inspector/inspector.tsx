'use client';

import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Waypoints } from '#components/ui/icons.tsx';
import { bySeverity } from '#lib/checks/finding.ts';
import { ExportButtons } from './export-buttons.tsx';
import { FindingsList } from './findings-list.tsx';
import { RunForm } from './run-form.tsx';
import { Sequence } from './sequence.tsx';
import { outcome } from './sequence-row.tsx';
import type { SessionSummary } from './server/http/messages.ts';
import { ServerPanel } from './server-panel.tsx';
import { SessionPanel, StepUpNotice } from './session-panel.tsx';
import { SignInPanel } from './sign-in-panel.tsx';
import { allFindings } from './state.ts';
import { useInspector } from './use-inspector.ts';

/** The inspector: run, see each exchange, sign in, use the server. */
export function Inspector({
  owner,
  defaultUrl,
  session,
}: {
  /** Id of the person signed in. */
  owner: string;
  defaultUrl: string;
  session: SessionSummary | undefined;
}) {
  const { state, run, signIn, use, signOut } = useInspector(owner, session);
  const [open, setOpen] = useState<string | undefined>(undefined);
  const { rows, busy, serverUrl } = state;
  const findings = bySeverity(allFindings(state));
  const last = rows.at(-1);
  const [refused] = state.findings.use;

  function show(exchangeId: string) {
    // Unfolded first: what is hidden can be neither scrolled to nor focused.
    flushSync(() => setOpen(exchangeId));
    document.getElementById(`exchange-${exchangeId}`)?.scrollIntoView({ block: 'start' });
    document
      .querySelector<HTMLElement>(`#exchange-${CSS.escape(exchangeId)} > button`)
      ?.focus({ preventScroll: true });
  }

  return (
    <div className="space-y-10">
      <RunForm defaultUrl={defaultUrl} busy={busy === 'run'} onRun={run} />
      {state.message && (
        <Callout tone="bad" title="That did not work" live>
          <p>{state.message}</p>
        </Callout>
      )}
      <p aria-live="polite" className="sr-only">
        {last && `Exchange ${rows.length}: ${last.title}, ${outcome(last)}`}
        {busy === undefined && rows.length > 0 && `. ${findings.length} findings.`}
      </p>
      {rows.length === 0 && !state.session && (
        <EmptyState icon={Waypoints} title="Nothing run yet">
          Run sends this server a request without a token and follows what it answers. Nothing is signed in to
          until you say so.
        </EmptyState>
      )}
      {rows.length > 0 && serverUrl !== undefined && (
        <div className="grid gap-x-10 gap-y-10 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <section aria-labelledby="exchanges" className="min-w-0">
            <h2 id="exchanges" className="mb-3 text-base">
              Exchanges
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
          onConnect={() => use({ action: 'view' })}
          onRefresh={() => use({ action: 'refresh' })}
          onSignOut={signOut}
        />
      )}
      {state.stepUp && (
        <StepUpNotice
          scopes={state.stepUp}
          busy={busy !== undefined}
          onStepUp={() => signIn({ as: 'step-up' })}
        />
      )}
      {state.view && <ServerPanel view={state.view} busy={busy !== undefined} use={use} />}
    </div>
  );
}
