import { type ReactNode, useId, useState } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '#components/ui/button.tsx';
import { bySeverity } from '#lib/checks/finding.ts';
import { route } from '#lib/config/route.ts';
import { ExportButtons } from './export-buttons.tsx';
import { FindingsList } from './findings-list.tsx';
import type { RunRequest } from './messages.ts';
import { Sequence } from './sequence.tsx';
import { allFindings, type InspectorState } from './state.ts';

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
