import {
  plansOfQuery,
  QUERIES,
  startVisit,
} from '../../integration/features/connected-clients/page-queries.ts';
import { fillDatabase } from '../../support/large-database.ts';
import { openExplained, type Plan } from '../../support/query-plans.ts';
import type { Figure, Measuring } from './workload.ts';

const CLIENTS = 10_000;

/** Rows that the statements read, named by how they came to them. */
function figure(name: string, plans: readonly Plan[]): Figure[] {
  const scans = plans.flatMap((plan) => plan.scans);
  if (scans.length === 0) return [];
  const ways = new Set(scans.map(({ table, index }) => index ?? `all of ${table}`));
  return [
    {
      name: `${name}: ${[...ways].join(', ')}`,
      value: scans.reduce((total, { rows }) => total + rows, 0),
      unit: 'rows',
    },
  ];
}

/** Rows that the pages of a person with very many clients and calls make the database read. */
export const plans: Measuring = {
  name: 'plans',
  async measure(stage, { activity }) {
    const explained = await openExplained(await (await stage.postgres()).createDatabase());
    try {
      console.error(`  filling it with ${activity} calls…`);
      const visit = startVisit(explained, await fillDatabase(explained.db, { clients: CLIENTS, activity }));
      const figures: Figure[] = [];
      for (const query of QUERIES) figures.push(...figure(query.name, await plansOfQuery(visit, query)));
      return figures;
    } finally {
      await explained.close();
    }
  },
};
