import { FindingList } from '#components/ui/finding-list.tsx';
import type { Finding } from '#lib/checks/finding.ts';
import type { Row } from './state.ts';

/** Findings, each with a link to the exchange that shows it. */
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
  if (running && findings.length === 0) return <p className="text-sm text-muted-foreground">Looking.</p>;
  if (findings.length === 0)
    return (
      <p className="text-sm text-muted-foreground">
        Nothing to report: a client can find its way by the standards.
      </p>
    );
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
        Exchange {number}
      </button>
    </dd>
  );
}
