import { FindingList } from '#components/ui/finding-list.tsx';
import type { Finding } from '#lib/checks/finding.ts';
import type { Row } from './state.ts';

/** Findings, each with a button that shows its request. */
export function FindingsList({
  findings,
  rows,
  running,
  onShow,
}: {
  findings: readonly Finding[];
  rows: readonly Row[];
  running: boolean;
  onShow: (exchangeId: string) => void;
}) {
  if (running && findings.length === 0) return <p className="text-sm text-muted-foreground">Running…</p>;
  if (findings.length === 0) return <p className="text-sm text-muted-foreground">No problems found.</p>;
  return (
    <FindingList
      findings={findings}
      more={(finding) => <ShowExchange finding={finding} rows={rows} onShow={onShow} />}
    />
  );
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
