import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from '../../../lib/config/pages.ts';
import { type Audited, audit, CATEGORIES, DEVICES } from '../audit.ts';
import { quantile } from '../interleaved.ts';
import { startSignedIn } from '../signed-in.ts';
import type { Figure, Measuring } from './workload.ts';

const RESULTS = join(import.meta.dirname, '../results');
/** A visit takes ten seconds. */
const MOST_ROUNDS = 5;
/** The landing page, and the public pages that the header links to. */
const AUDITED = PAGES.filter((page) => page.path === '/' || (page.public && page.navigation)).map(
  ({ path }) => ({
    name: path === '/' ? 'landing' : path.slice(1).replaceAll('/', '-'),
    path,
  }),
);

/** Says what this visit scored, and what cost it points. */
function tell(visit: string, { scores, lost }: Audited): void {
  console.error(`  ${visit}: ${CATEGORIES.map((category) => `${category} ${scores[category]}`).join(', ')}`);
  for (const { category, points, audit, found } of lost)
    console.error(`    ${category} −${points.toFixed(1)}: ${audit}, ${found}`);
}

/** What Lighthouse gives the pages that need no sign-in, to a visitor with an empty cache. */
export const lighthouse: Measuring = {
  name: 'lighthouse',
  async measure(stage, { rounds }) {
    const url = await (await stage.postgres()).createDatabase();
    const app = await startSignedIn({ kind: 'postgres', url }, [], 0);
    mkdirSync(RESULTS, { recursive: true });
    try {
      const visits = AUDITED.flatMap(({ name, path }) =>
        DEVICES.map((device) => ({ name, path, device, scored: [] as Audited['scores'][] })),
      );
      // The first answers of a server take longer: they load what a page is made of.
      for (const { path } of visits) await (await fetch(new URL(path, app.url))).text();
      for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round++)
        for (const { name, path, device, scored } of visits) {
          const audited = await audit(new URL(path, app.url), device);
          tell(`${path}, ${device}`, audited);
          scored.push(audited.scores);
          writeFileSync(join(RESULTS, `lighthouse-${name}-${device}.html`), audited.report);
        }
      return visits.flatMap(({ path, device, scored }) =>
        CATEGORIES.map((category): Figure => {
          const scores = scored.map((of) => of[category]);
          return { name: `${path}, ${device}, ${category}`, value: quantile(scores, 0.5), unit: '' };
        }),
      );
    } finally {
      await app.close();
    }
  },
};
