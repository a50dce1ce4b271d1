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

const LOOKS = {
  error: { tone: 'bad', icon: CircleAlert, label: 'Error' },
  warning: { tone: 'warn', icon: TriangleAlert, label: 'Warning' },
  note: { tone: 'neutral', icon: Info, label: 'Note' },
  passed: { tone: 'ok', icon: CircleCheck, label: 'Passed' },
} as const satisfies Record<FindingFields['severity'], { tone: Tone; icon: Icon; label: string }>;

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
  const withSeverity = (wanted: FindingFields['severity']) =>
    findings.filter(({ severity }) => severity === wanted);
  const problems = (['error', 'warning', 'note'] as const).flatMap(withSeverity);
  const passed = withSeverity('passed');
  return (
    <div className="space-y-2 text-sm">
      {problems.length > 0 && (
        <ul className="space-y-2">
          {problems.map((finding) => (
            <Item
              key={`${finding.id} ${finding.exchangeId} ${finding.observed}`}
              finding={finding}
              more={more?.(finding)}
            />
          ))}
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

function Item({ finding, more }: { finding: FindingFields; more: ReactNode }) {
  const { severity, title, observed, fix, reference } = finding;
  const { tone, icon, label } = LOOKS[severity];
  return (
    <li>
      <details open={severity === 'error'} className="rounded-lg border border-border bg-card">
        <summary className="px-4 py-3 font-medium wrap-anywhere">
          <span className="mr-2">
            <Badge tone={tone} icon={icon}>
              {label}
            </Badge>
          </span>
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
