import { type ReactNode, useId, useState } from 'react';
import { flushSync } from 'react-dom';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Waypoints } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
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
  too_many_requests: 'Too many calls are running. Cancel one, or wait for it to end.',
  session_unavailable: 'Your session cannot be checked now. You are not signed out; try again.',
  ...REQUEST_FAILURES,
};

/** The URL of a server to inspect, and why the last request of the page failed. */
export function DiscoveryPanel({
  state,
  defaultUrl,
  onRun,
  onUrl,
  children,
}: {
  state: InspectorState;
  defaultUrl: string;
  onRun: (url: string) => void;
  /** Gets the URL while it is entered. */
  onUrl: (url: string) => void;
  /** Further choices, below the URL. */
  children?: ReactNode;
}) {
  const { rows, busy } = state;
  const count = allFindings(state).length;
  const last = rows.at(-1);
  return (
    <div className="space-y-6">
      <div>
        <RunForm defaultUrl={defaultUrl} busy={busy === 'run'} onRun={onRun} onUrl={onUrl} />
        {children}
      </div>
      {state.failure && (
        <Callout tone="bad" title="Request failed" live>
          <p>{FAILURES[state.failure]}</p>
          {state.failure === 'signed_out' && (
            <Link href="/login?returnTo=%2Finspector" className="link">
              Sign in and come back here
            </Link>
          )}
        </Callout>
      )}
      <p aria-live="polite" className="sr-only">
        {last && `Request ${rows.length}: ${last.title}, ${outcome(last)}`}
        {busy === undefined && rows.length > 0 && `. ${count} findings.`}
      </p>
      {rows.length === 0 && !state.session && !state.view && (
        <EmptyState icon={Waypoints} title="Nothing run yet">
          Run sends the server a request without a token and follows its response. Sign-in begins only when
          you choose it.
        </EmptyState>
      )}
    </div>
  );
}

/** The requests to a server as a diagram, the findings, and their export. */
export function DiscoveryResults({ state }: { state: InspectorState }) {
  const [open, setOpen] = useState<string>();
  const id = useId();
  const { rows, busy, serverUrl = '' } = state;
  const findings = bySeverity(allFindings(state));

  function show(exchangeId: string) {
    // Expand first: a hidden element can be neither scrolled to nor focused.
    flushSync(() => setOpen(exchangeId));
    document.getElementById(`exchange-${exchangeId}`)?.scrollIntoView({ block: 'start' });
    document
      .querySelector<HTMLElement>(`#exchange-${CSS.escape(exchangeId)} > button`)
      ?.focus({ preventScroll: true });
  }

  return (
    <div className="grid gap-x-10 gap-y-10 lg:grid-cols-[minmax(0,1fr)_22rem] 2xl:grid-cols-[minmax(0,1fr)_30rem]">
      <section aria-labelledby={`${id}-requests`} className="min-w-0">
        <h2 id={`${id}-requests`} className="mb-3 text-base">
          Requests
        </h2>
        <Sequence
          rows={rows}
          open={open}
          onToggle={(row) => setOpen((now) => (now === row ? undefined : row))}
        />
      </section>
      <section aria-labelledby={`${id}-findings`} className="min-w-0">
        <h2 id={`${id}-findings`} className="mb-3 text-base">
          Findings
        </h2>
        <FindingsList findings={findings} rows={rows} running={busy === 'run'} onShow={show} />
        <div className="mt-6">
          <ExportButtons report={{ serverUrl, findings, exchanges: rows }} />
        </div>
      </section>
    </div>
  );
}
