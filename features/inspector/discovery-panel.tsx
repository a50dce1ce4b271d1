import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Waypoints } from '#components/ui/icons.tsx';
import { REQUEST_FAILURES } from '#components/ui/request-failure.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import { ExportButtons } from './export-buttons.tsx';
import { FindingsList } from './findings-list.tsx';
import { RunForm } from './run-form.tsx';
import { Sequence } from './sequence.tsx';
import { outcome } from './sequence-row.tsx';
import { allFindings, type InspectorState } from './state.ts';

const FAILURES: Record<NonNullable<InspectorState['failure']>, string> = {
  cross_site: 'The request did not come from this page.',
  signed_out: 'Your session has ended. Reload the page to sign in again.',
  invalid_request: 'The request is invalid or too large.',
  session_unavailable: 'Your session cannot be checked now. You are not signed out; try again.',
  ...REQUEST_FAILURES,
};

/** Discovery of a server: its URL, the requests, the findings, and their export. */
export function DiscoveryPanel({
  state,
  defaultUrl,
  onRun,
}: {
  state: InspectorState;
  defaultUrl: string;
  onRun: (url: string) => void;
}) {
  const [open, setOpen] = useState<string>();
  const { rows, busy, serverUrl } = state;
  const findings = bySeverity(allFindings(state));
  const last = rows.at(-1);

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
      <RunForm defaultUrl={defaultUrl} busy={busy === 'run'} onRun={onRun} />
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
    </div>
  );
}
