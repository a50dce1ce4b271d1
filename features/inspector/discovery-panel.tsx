import type { ReactNode } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format.ts';
import { Waypoints } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { REQUEST_FAILURES } from '#components/ui/request-failure.ts';
import type { RunRequest } from './messages.ts';
import { RunForm } from './run-form.tsx';
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

/**
 * The URL of a server to inspect, and why the last request of the page failed.
 *
 * @param props.fromLink - whether a link brought the URL; nothing is requested before the person runs it
 */
export function DiscoveryPanel({
  state,
  url,
  fromLink,
  folded,
  onFold,
  onRun,
  onCancel,
  onUrl,
  children,
}: {
  state: InspectorState;
  url: string;
  fromLink: boolean;
  /** Shows the URL in one line, so that what uses the server is at the top. */
  folded: boolean;
  onFold: (folded: boolean) => void;
  onRun: (request: RunRequest) => void;
  onCancel: () => void;
  /** Gets the URL while it is entered. */
  onUrl: (url: string) => void;
  /** Further choices, below the URL. */
  children?: ReactNode;
}) {
  const { rows, busy, serverUrl, discovery } = state;
  const count = allFindings(state).length;
  const last = rows.at(-1);
  return (
    <div className="space-y-6">
      <RunForm
        url={url}
        fromLink={fromLink && serverUrl === undefined}
        folded={folded}
        onFold={onFold}
        running={busy === 'run'}
        onRun={onRun}
        onCancel={onCancel}
        onUrl={onUrl}
      >
        {children}
      </RunForm>
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
        {last && `Request ${rows.length}: ${last.title}, ${outcome(last)}. `}
        {busy === undefined && discovery.status === 'done' && `${countOf(count, 'finding')}.`}
        {discovery.status === 'cancelled' && 'The run did not end.'}
      </p>
      {serverUrl === undefined && !state.session && !state.view && (
        <EmptyState icon={Waypoints} title="Nothing run yet">
          Run sends the server a request without a token and follows its response. You sign in only when you
          choose to.
        </EmptyState>
      )}
    </div>
  );
}
