import { Badge, type Tone } from '#components/ui/badge.tsx';
import { countOf } from '#components/ui/format.ts';
import { type Finding, SEVERITIES, type Severity } from '#features/discovery/finding.ts';
import { FindingItem } from '#features/discovery/finding-item.tsx';
import type { Row } from './state.ts';

const TITLES: Record<Severity, string> = { error: 'Errors', warning: 'Warnings', note: 'Notes' };
const TONES: Record<Severity, Tone> = { error: 'bad', warning: 'warn', note: 'neutral' };

/** Findings by severity; each leads to the exchange that shows it. */
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
    <div className="space-y-6">
      {SEVERITIES.map((severity) => {
        const group = findings.filter((finding) => finding.severity === severity);
        return group.length === 0 ? null : (
          <section key={severity} aria-label={TITLES[severity]}>
            <h3 className="flex items-center gap-2 text-sm">
              {TITLES[severity]}
              <Badge tone={TONES[severity]}>{countOf(group.length, 'finding')}</Badge>
            </h3>
            <ul className="mt-2 space-y-2">
              {group.map((finding) => (
                <FindingItem
                  key={`${finding.id} ${finding.exchangeId} ${finding.seen}`}
                  finding={finding}
                  more={<ShowExchange finding={finding} rows={rows} onShow={onShow} />}
                />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
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
