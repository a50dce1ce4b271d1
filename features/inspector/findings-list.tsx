import { Button } from '#components/ui/button.tsx';
import { FindingList } from '#components/ui/finding-list.tsx';
import type { Finding } from '#lib/checks/finding.ts';
import type { DiscoveryState, Row } from './state.ts';

/** Findings, each with a button that shows its request. Without a complete run, no findings mean nothing. */
export function FindingsList({
  findings,
  rows,
  status,
  onShow,
  onRun,
}: {
  findings: readonly Finding[];
  rows: readonly Row[];
  status: DiscoveryState['status'];
  onShow: (exchangeId: string) => void;
  onRun: () => void;
}) {
  return (
    <div className="space-y-3">
      <Examined status={status} found={findings.length > 0} onRun={onRun} />
      {findings.length > 0 && (
        <FindingList
          findings={findings}
          more={(finding) => <ShowExchange finding={finding} rows={rows} onShow={onShow} />}
        />
      )}
    </div>
  );
}

/** What the absence of findings means. */
function Examined({
  status,
  found,
  onRun,
}: {
  status: DiscoveryState['status'];
  found: boolean;
  onRun: () => void;
}) {
  const muted = 'text-sm text-muted-foreground';
  switch (status) {
    case 'running':
      return found ? null : <p className={muted}>Running…</p>;
    case 'done':
      return found ? null : (
        <p className={muted}>No problems found: a client can find its way by the standards.</p>
      );
    case 'cancelled':
      return <p className={muted}>The run did not end. What was not requested is not known.</p>;
    case 'not-run':
      return (
        <div className="space-y-2">
          <p className={muted}>Discovery was not run for this server.</p>
          <Button size="small" onClick={onRun}>
            Run discovery
          </Button>
        </div>
      );
  }
}

function ShowExchange({
  finding: { exchangeId },
  rows,
  onShow,
}: {
  finding: Finding;
  rows: readonly Row[];
  onShow: (exchangeId: string) => void;
}) {
  const number = rows.findIndex(({ id }) => id === exchangeId) + 1;
  if (exchangeId === undefined || number === 0) return null;
  return (
    <dd>
      <button type="button" className="link" onClick={() => onShow(exchangeId)}>
        Request {number}
      </button>
    </dd>
  );
}
