import { LRUCache } from 'lru-cache';
import { Suspense } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { CircleAlert, CircleCheck, CircleDashed, type Icon, TriangleAlert } from '#components/ui/icons.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { Finding, Severity } from '#lib/checks/finding.ts';
import { config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { localDeveloper } from '#lib/session/local-developer.ts';
import { checkDatabase } from './check-database.ts';
import { authkitState, resourceIndicatorState } from './deployment-state.ts';

const LOOKS: Record<Severity, { tone: Tone; icon: Icon }> = {
  passed: { tone: 'neutral', icon: CircleCheck },
  note: { tone: 'neutral', icon: CircleDashed },
  warning: { tone: 'warn', icon: TriangleAlert },
  error: { tone: 'bad', icon: CircleAlert },
};

const databaseState = async () => [await checkDatabase()];

/** The page is public: however often it is viewed, each check runs once in this time. */
const SHARED_MS = 30_000;

type RunCheck = () => Promise<readonly Finding[]>;

const results = perProcess(
  'deployment-state',
  () => new LRUCache<RunCheck, Promise<readonly Finding[]>>({ max: 10, ttl: SHARED_MS }),
);

/** The result of a check. What is wrong here is shown to the developer at this machine, and to no one else. */
async function shownFindings(check: RunCheck): Promise<readonly Finding[]> {
  const shared = results().get(check) ?? check();
  results().set(check, shared, { noUpdateTTL: true });
  const developer = (await localDeveloper().catch(() => null)) !== null;
  return (await shared).filter(({ fix }) => developer || fix === undefined);
}

/** What this deployment depends on, streamed as each check ends. Shown where only its developer can be: on this computer. */
export function StateBadges() {
  if (!config().loopback) return null;
  return (
    <section aria-label="State of this deployment" className="mt-8">
      <ul className="flex flex-wrap gap-2">
        <Streamed count={2} check={authkitState} />
        <Streamed count={1} check={resourceIndicatorState} />
        <Streamed count={1} check={databaseState} />
      </ul>
      <noscript>
        <p className="mt-2 text-sm text-muted-foreground">
          The state needs JavaScript. <code>npm run doctor</code> shows the same and more.
        </p>
      </noscript>
    </section>
  );
}

function Streamed({ count, check }: { count: number; check: RunCheck }) {
  return (
    <Suspense
      fallback={Array.from({ length: count }, (_, index) => `waiting-${index}`).map((key) => (
        <li key={key}>
          <Skeleton className="h-6 w-32" />
        </li>
      ))}
    >
      <Badges check={check} />
    </Suspense>
  );
}

async function Badges({ check }: { check: RunCheck }) {
  return (await shownFindings(check)).map(({ id, severity, title, observed, fix }) => {
    const { tone, icon } = LOOKS[severity];
    // The page is public: what was observed may name an error inside.
    const meaning = fix ?? observed;
    return (
      <li key={id} className={fix === undefined ? undefined : 'w-full'}>
        <Badge tone={tone} icon={icon} title={meaning}>
          {title}
        </Badge>
        <span className={fix === undefined ? 'sr-only' : 'mt-1 block text-sm text-muted-foreground'}>
          {meaning}
        </span>
      </li>
    );
  });
}
