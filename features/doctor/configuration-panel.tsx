import { Suspense } from 'react';
import { Button } from '#components/ui/button.tsx';
import { FindingList } from '#components/ui/finding-list.tsx';
import { countOf } from '#components/ui/format.ts';
import { CircleCheck } from '#components/ui/icons.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { type Finding, SEVERITIES } from '#lib/checks/finding.ts';
import { config } from '#lib/config/env.ts';
import { route } from '#lib/config/route.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { localDeveloper } from '#lib/session/local-developer.ts';

/** The findings of `npm run doctor`, shown to the owner while `npm run dev` runs; nothing for other users. */
export async function Configuration() {
  if ((await localDeveloper()) === null) return null;
  const findings = examine();
  return (
    <section id="configuration" aria-labelledby="configuration-title" className="mt-16 scroll-mt-8">
      <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3">
        <div className="min-w-0 max-w-[65ch]">
          <h2 id="configuration-title" className="text-base">
            Your configuration
          </h2>
          <p className="text-sm text-muted-foreground">
            The findings of <code>npm run doctor</code>. Shown to signed-in users while{' '}
            <code>npm run dev</code> runs on this computer.
          </p>
        </div>
        <form action={route('/#configuration')}>
          {/* Without a change of the query the browser would only jump to the fragment. */}
          <input type="hidden" name="checked" value={Date.now()} />
          <Button type="submit" size="small">
            Run again
          </Button>
        </form>
      </div>
      <p role="status" className="mt-4 text-sm">
        <Suspense fallback="Checking AuthKit, the WorkOS API, the database, and this server as a client.">
          <Summary findings={findings} />
        </Suspense>
      </p>
      <Suspense fallback={<Skeleton className="mt-2 h-12 w-full" />}>
        <Findings findings={findings} />
      </Suspense>
    </section>
  );
}

async function examine(): Promise<readonly Finding[]> {
  // Production never shows the panel and need not load the checks.
  const { examineConfiguration } = await import('./examine.ts');
  return (await examineConfiguration(config(), { fetch: guardedFetch })).findings;
}

async function Summary({ findings }: { findings: Promise<readonly Finding[]> }) {
  const found = await findings;
  const counts = SEVERITIES.filter((severity) => severity !== 'passed')
    .map((severity) => ({
      severity,
      count: found.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0);
  if (counts.every(({ severity }) => severity === 'note'))
    return (
      <span className="inline-flex flex-wrap items-center gap-x-2">
        <CircleCheck aria-hidden className="text-success" />
        No errors or warnings.{counts.map(({ count }) => ` ${countOf(count, 'note')}.`)}
      </span>
    );
  return counts.map(({ severity, count }) => countOf(count, severity)).join(', ');
}

async function Findings({ findings }: { findings: Promise<readonly Finding[]> }) {
  return (
    <div className="mt-2">
      <FindingList findings={await findings} />
    </div>
  );
}
