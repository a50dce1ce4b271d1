import type { ReactNode } from 'react';
import { Badge, type Tone } from './badge.tsx';
import { CircleAlert, CircleCheck, type Icon, Info, TriangleAlert } from './icons.tsx';

/** The fields of a finding that are displayed. */
type FindingFields = {
  id: string;
  severity: 'error' | 'warning' | 'note' | 'passed';
  title: string;
  observed: string;
  fix?: string;
  reference: { name: string; url?: string };
  exchangeId?: string;
};

const SEVERITIES: readonly { severity: FindingFields['severity']; tone: Tone; icon: Icon; label: string }[] =
  [
    { severity: 'error', tone: 'bad', icon: CircleAlert, label: 'Error' },
    { severity: 'warning', tone: 'warn', icon: TriangleAlert, label: 'Warning' },
    { severity: 'note', tone: 'neutral', icon: Info, label: 'Note' },
  ];

/**
 * Findings, the most severe first. Each unfolds to what was observed, how to fix it, and the reference; errors are
 * unfolded from the start. What passed is folded into one line.
 *
 * @param props.more - shown beside the reference of a finding
 * @param props.showPassed - unfolds what passed
 */
export function FindingList<Finding extends FindingFields>({
  findings,
  more,
  showPassed = false,
}: {
  findings: readonly Finding[];
  more?: (finding: Finding) => ReactNode;
  showPassed?: boolean;
}) {
  const passed = findings.filter(({ severity }) => severity === 'passed');
  return (
    <div className="space-y-2 text-sm">
      {passed.length < findings.length && (
        <ul className="space-y-2">
          {SEVERITIES.flatMap(({ severity, tone, icon, label }) =>
            findings
              .filter((finding) => finding.severity === severity)
              .map((finding) => (
                <Item
                  key={`${finding.id} ${finding.exchangeId} ${finding.observed}`}
                  finding={finding}
                  badge={
                    <Badge tone={tone} icon={icon}>
                      {label}
                    </Badge>
                  }
                  more={more?.(finding)}
                />
              )),
          )}
        </ul>
      )}
      {passed.length > 0 && (
        <details open={showPassed}>
          <summary className="min-h-8 py-2 text-muted-foreground hover:text-foreground">
            {passed.length} of {findings.length} checks passed
          </summary>
          <ul className="divide-y divide-border">
            {passed.map(({ id, title, observed, reference }) => (
              <li key={id} className="flex gap-3 py-2">
                <CircleCheck size={16} aria-hidden className="mt-0.5 shrink-0 text-success" />
                <div className="min-w-0 wrap-anywhere">
                  <p>
                    <span className="sr-only">Passed: </span>
                    {title}
                  </p>
                  <p className="text-muted-foreground">
                    {observed} · {reference.name}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Item({
  finding: { severity, title, observed, fix, reference },
  badge,
  more,
}: {
  finding: FindingFields;
  badge: ReactNode;
  more: ReactNode;
}) {
  return (
    <li>
      <details open={severity === 'error'} className="rounded-lg border border-border bg-card">
        <summary className="px-4 py-3 font-medium wrap-anywhere">
          <span className="mr-2">{badge}</span>
          {title}
        </summary>
        <dl className="space-y-2 px-4 pb-3 wrap-anywhere">
          <div>
            <dt className="text-muted-foreground">Observed</dt>
            <dd>{observed}</dd>
          </div>
          {fix !== undefined && (
            <div>
              <dt className="text-muted-foreground">How to fix</dt>
              <dd>{fix}</dd>
            </div>
          )}
          <div className="flex flex-wrap gap-x-4 gap-y-1">
            <dt className="sr-only">Reference</dt>
            <dd>
              {reference.url === undefined ? (
                <code className="text-muted-foreground">{reference.name}</code>
              ) : (
                <a className="link" href={reference.url} target="_blank" rel="noreferrer">
                  {reference.name}
                </a>
              )}
            </dd>
            {more}
          </div>
        </dl>
      </details>
    </li>
  );
}
