import { type ReactNode, useId, useState } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format.ts';
import { Waypoints } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { REQUEST_FAILURES } from '#components/ui/request-failure.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import { route } from '#lib/config/route.ts';
import { ExportButtons } from './export-buttons.tsx';
import { FindingsList } from './findings-list.tsx';
import type { RunRequest } from './messages.ts';
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

/** The requests to a server as a diagram, the findings, and their export. */
export function DiscoveryResults({
  state,
  onRun,
}: {
  state: InspectorState;
  onRun: (request: RunRequest) => void;
}) {
  const [open, setOpen] = useState<string>();
  const id = useId();
  const { rows, busy, serverUrl = '', discovery } = state;
  const { status, result } = discovery;
  const findings = bySeverity(allFindings(state));
  const run = (target: string) => onRun({ url: target, revision: 'auto', registration: 'auto' });

  function show(exchangeId: string) {
    // Expand first: a hidden element can be neither scrolled to nor focused.
    flushSync(() => setOpen(exchangeId));
    document.getElementById(`exchange-${exchangeId}`)?.scrollIntoView({ block: 'start' });
    document
      .querySelector<HTMLElement>(`#exchange-${CSS.escape(exchangeId)} > button`)
      ?.focus({ preventScroll: true });
  }

  return (
    <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_24rem] 2xl:grid-cols-[minmax(0,1fr)_30rem]">
      <section aria-labelledby={`${id}-findings`} className="min-w-0 lg:order-2">
        <Heading id={`${id}-findings`} title="Findings">
          {result && `By the rules of MCP ${result.revision}`}
        </Heading>
        {result?.betterUrl !== undefined && busy === undefined && (
          <BetterUrl url={result.betterUrl} onRun={run} />
        )}
        <FindingsList
          findings={findings}
          rows={rows}
          status={status}
          onShow={show}
          onRun={() => run(serverUrl)}
        />
        {status !== 'running' && (rows.length > 0 || findings.length > 0) && (
          <div className="mt-6 border-t border-border pt-4">
            <ExportButtons
              report={{
                serverUrl: result?.shownUrl ?? withoutQuery(serverUrl),
                revision: result?.revision,
                findings,
                exchanges: rows,
              }}
              shareUrl={shareUrl(serverUrl, result?.shownUrl)}
            />
          </div>
        )}
      </section>
      <section aria-labelledby={`${id}-requests`} className="min-w-0">
        <Heading id={`${id}-requests`} title="Requests">
          <code>{withoutQuery(serverUrl)}</code>
        </Heading>
        {rows.length === 0 && status !== 'running' && (
          <p className="text-sm text-muted-foreground">No request was sent.</p>
        )}
        <Sequence
          rows={rows}
          open={open}
          stoppedAt={result?.stoppedAt}
          onToggle={(row) => setOpen((now) => (now === row ? undefined : row))}
        />
      </section>
    </div>
  );
}

function Heading({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4">
      <h2 id={id} className="text-base">
        {title}
      </h2>
      <span className="min-w-0 text-sm wrap-anywhere text-muted-foreground">{children}</span>
    </div>
  );
}

function BetterUrl({ url, onRun }: { url: string; onRun: (url: string) => void }) {
  return (
    <div className="mb-3">
      <Button
        variant="primary"
        onClick={() => onRun(url)}
        className="h-auto py-2 text-left whitespace-normal"
      >
        <span className="wrap-anywhere">Run on {url}</span>
      </Button>
    </div>
  );
}

/** A query and what comes before an `@` may be credentials. */
function withoutQuery(serverUrl: string): string {
  const url = URL.parse(serverUrl);
  return url === null ? 'The entered text' : `${url.protocol}//${url.host}${url.pathname}`;
}

/** A link to the inspector on this server; undefined when its URL was not examined or holds a credential. */
function shareUrl(serverUrl: string, shownUrl: string | undefined): string | undefined {
  if (shownUrl === undefined || URL.parse(serverUrl)?.href !== shownUrl) return undefined;
  return `${window.location.origin}${route('/inspector')}?url=${encodeURIComponent(serverUrl)}`;
}
