import { CircleAlert, CircleCheck, TriangleAlert } from './icons.tsx';

type Outcome = 'pass' | 'fail' | 'warning';

/** A rule that was applied: what was observed, and the section it comes from. */
type Rule = { id: string; title: string; outcome: Outcome; seen: string; section: string };

const OUTCOMES = {
  fail: { says: 'Failed', icon: CircleAlert, look: 'text-destructive' },
  warning: { says: 'Warning', icon: TriangleAlert, look: 'text-warning' },
  pass: { says: 'Passed', icon: CircleCheck, look: 'text-success' },
} as const satisfies Record<Outcome, object>;

/** Rules with what was seen and where each comes from: what failed, what to look at, and what passed, folded. */
export function RuleList({ rules, open = false }: { rules: readonly Rule[]; open?: boolean }) {
  const of = (outcome: Outcome) => rules.filter((rule) => rule.outcome === outcome);
  const passed = of('pass');
  return (
    <div className="text-sm">
      <Rules rules={[...of('fail'), ...of('warning')]} />
      {passed.length > 0 && (
        <details open={open}>
          <summary className="min-h-8 py-2 text-muted-foreground hover:text-foreground">
            {passed.length} of {rules.length} rules passed
          </summary>
          <Rules rules={passed} compact />
        </details>
      )}
    </div>
  );
}

function Rules({ rules, compact = false }: { rules: readonly Rule[]; compact?: boolean }) {
  return (
    <ul className="divide-y divide-border">
      {rules.map((rule) => {
        const { says, icon: Icon, look } = OUTCOMES[rule.outcome];
        return (
          <li key={rule.id} className={`flex gap-3 ${compact ? 'py-2' : 'py-3'}`}>
            <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${look}`} />
            <div className="min-w-0">
              <p className={compact ? undefined : 'font-medium'}>
                <span className="sr-only">{says}: </span>
                {rule.title}
              </p>
              {!compact && <p className="wrap-anywhere">Seen: {rule.seen}</p>}
              <p className="wrap-anywhere text-muted-foreground">
                {compact && `${rule.seen} · `}
                {rule.section}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
