import { Suspense } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { CircleAlert, CircleCheck, CircleDashed, TriangleAlert } from '#components/ui/icons.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { authkitState, databaseState, type Finding, resourceIndicatorState } from './deployment-state.ts';

const LOOKS: Record<Finding['state'], { tone: Tone; icon: typeof CircleCheck }> = {
  ok: { tone: 'ok', icon: CircleCheck },
  unknown: { tone: 'neutral', icon: CircleDashed },
  warning: { tone: 'warn', icon: TriangleAlert },
  failed: { tone: 'bad', icon: CircleAlert },
};

/** What this deployment depends on, each asked now and shown when its answer is there. */
export function StateBadges() {
  return (
    <section aria-label="State of this deployment">
      <ul className="flex flex-wrap gap-2">
        <Streamed count={2} ask={authkitState} />
        <Streamed count={1} ask={resourceIndicatorState} />
        <Streamed count={1} ask={databaseState} />
      </ul>
      <noscript>
        <p className="mt-2 text-sm text-muted-foreground">
          The state comes in by script. <code>npm run doctor</code> says the same and more.
        </p>
      </noscript>
    </section>
  );
}

function Streamed({ count, ask }: { count: number; ask: () => Promise<readonly Finding[]> }) {
  return (
    <Suspense
      fallback={Array.from({ length: count }, (_, index) => `waiting-${index}`).map((key) => (
        <li key={key}>
          <Skeleton className="h-6 w-32" />
        </li>
      ))}
    >
      <Findings ask={ask} />
    </Suspense>
  );
}

async function Findings({ ask }: { ask: () => Promise<readonly Finding[]> }) {
  const findings = await ask();
  return findings.map(({ subject, state, says, meaning }) => {
    const { tone, icon } = LOOKS[state];
    const wrong = state === 'failed' || state === 'warning';
    return (
      <li key={subject} className={wrong ? 'w-full' : undefined}>
        <Badge tone={tone} icon={icon} title={meaning}>
          {subject}: {says}
        </Badge>
        <span className={wrong ? 'mt-1 block text-sm text-muted-foreground' : 'sr-only'}>{meaning}</span>
      </li>
    );
  });
}
