import { Badge, type Tone } from '#components/badge.tsx';
import { countOf } from '#components/format.ts';
import { type Finding, SEVERITIES, type Severity } from '#lib/inspector/finding.ts';
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
  if (running && findings.length === 0) return <p className="text-small text-muted">Looking.</p>;
  if (findings.length === 0)
    return (
      <p className="text-small text-muted">Nothing to report: a client can find its way by the standards.</p>
    );
  return (
    <div className="space-y-6">
      {SEVERITIES.map((severity) => {
        const group = findings.filter((finding) => finding.severity === severity);
        return group.length === 0 ? null : (
          <section key={severity} aria-label={TITLES[severity]}>
            <h3 className="flex items-center gap-2 text-small">
              {TITLES[severity]}
              <Badge tone={TONES[severity]}>{countOf(group.length, 'finding')}</Badge>
            </h3>
            <ul className="mt-2 space-y-2">
              {group.map((finding) => (
                <FindingItem
                  key={`${finding.id} ${finding.exchangeId} ${finding.seen}`}
                  finding={finding}
                  number={rows.findIndex(({ id }) => id === finding.exchangeId) + 1}
                  onShow={onShow}
                />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function FindingItem({
  finding,
  number,
  onShow,
}: {
  finding: Finding;
  number: number;
  onShow: (exchangeId: string) => void;
}) {
  const { title, seen, fix, standard, severity, exchangeId } = finding;
  return (
    <li>
      <details open={severity === 'error'} className="group rounded-box border border-line bg-surface">
        <summary className="px-4 py-3 text-small font-medium wrap-anywhere">{title}</summary>
        <dl className="space-y-2 px-4 pb-3 text-small">
          <div>
            <dt className="text-muted">Seen</dt>
            <dd className="wrap-anywhere">{seen}</dd>
          </div>
          <div>
            <dt className="text-muted">Fix</dt>
            <dd className="wrap-anywhere">{fix}</dd>
          </div>
          <div className="flex flex-wrap gap-x-4 gap-y-1">
            <dt className="sr-only">More</dt>
            <dd>
              <a className="link" href={standard.url} target="_blank" rel="noreferrer">
                {standard.name}
              </a>
            </dd>
            {number > 0 && exchangeId && (
              <dd>
                <button type="button" className="link" onClick={() => onShow(exchangeId)}>
                  Exchange {number}
                </button>
              </dd>
            )}
          </div>
        </dl>
      </details>
    </li>
  );
}
