import type { DatabaseConfig } from '../../../lib/config/env.ts';
import { seedOrganization } from '../../support/large-organization.ts';
import type { PageSession } from '../../support/page-session.ts';
import { quantile } from '../interleaved.ts';
import { startFilled } from '../signed-in.ts';
import { get } from './pages.ts';
import type { Figure, Measuring } from './workload.ts';

/** Connections of the organizations whose pages are compared. A twentieth of them is the number of its members. */
const SIZES = [10, 10_000] as const;
const CALLS_PER_CONNECTION = 30;
/** Requests of each page in one round. */
const REQUESTS = 5;

/** What is asked for, and text of its answer in an organization of that many connections. */
const PAGES: readonly { name: string; path: string; contains: RegExp }[] = [
  { name: 'list', path: '', contains: />Revoke</ },
  { name: 'by app', path: '?view=apps', contains: /app-\d+\.example/ },
  { name: 'by person', path: '?view=people', contains: /user_\d+@example\.com/ },
  { name: 'search of an app', path: '?q=APP-0.ex', contains: /client_\d/ },
  { name: 'search of a person', path: '?q=user_0@', contains: /user_0@example\.com/ },
  { name: 'search without result', path: '?q=nowhere', contains: /Nothing matches/ },
  { name: 'active', path: '?state=active', contains: />Revoke</ },
  { name: 'revoked', path: '?state=revoked', contains: />Allow again</ },
  { name: 'gone', path: '?state=gone', contains: /Nothing matches/ },
  { name: 'audit log', path: '/audit', contains: /app-\d+\.example/ },
  { name: 'audit log of a person', path: '/audit?person=user_0@', contains: /user_0@example\.com/ },
  { name: 'policy', path: '/policy', contains: /Blocked hosts/ },
];

const admin = (connections: number) => `admin-of-${connections}@example.com`;

/** Local AuthKit and the app, with an organization of each size. */
function start(database: DatabaseConfig) {
  return startFilled(database, async ({ db, issuer, known, directory }) => {
    for (const connections of SIZES) {
      const organizationId = `org_of_${connections}`;
      const createdAt = new Date().toISOString();
      await directory.organizations.set({ id: organizationId, name: organizationId, createdAt });
      await directory.join((await known.withEmail(admin(connections))).id, organizationId, ['admin']);
      await seedOrganization(db, { issuer, organizationId, connections, calls: CALLS_PER_CONNECTION });
    }
  });
}

/** The pages of both organizations, in turn. */
async function time(url: string, sessions: readonly PageSession[], label: string, rounds: number) {
  const times = PAGES.map((page) => ({
    ...page,
    of: SIZES.map(() => ({ first: [] as number[], whole: [] as number[] })),
  }));
  for (let number = -REQUESTS; number < rounds * REQUESTS; number++)
    for (const { path, contains, of } of times)
      for (const [index, { first, whole }] of of.entries()) {
        const answer = await get(new URL(`/organization${path}`, url), sessions[index]?.cookies ?? new Map());
        if (answer.status !== 200 || !contains.test(answer.text))
          throw new Error(`/organization${path} with ${SIZES[index]} connections: ${answer.status}`);
        // The first ones warm it up.
        if (number < 0) continue;
        first.push(answer.firstByteMs);
        whole.push(answer.wholeMs);
      }
  return times.flatMap(({ name, of }): Figure[] => {
    const medians = of.map(({ first, whole }) => ({
      first: quantile(first, 0.5),
      whole: quantile(whole, 0.5),
    }));
    const [least = { first: 0, whole: 0 }, most = { first: 0, whole: 0 }] = medians;
    return [
      ...medians.flatMap(({ first, whole }, index): Figure[] => [
        { name: `${label}, ${name}, first byte with ${SIZES[index]}`, value: first, unit: 'ms' },
        { name: `${label}, ${name}, whole page with ${SIZES[index]}`, value: whole, unit: 'ms' },
      ]),
      {
        name: `${label}, ${name}, first byte, ${SIZES.toReversed().join(' to ')}`,
        value: most.first / least.first,
        unit: '×',
      },
      {
        name: `${label}, ${name}, whole page, ${SIZES.toReversed().join(' to ')}`,
        value: most.whole / least.whole,
        unit: '×',
      },
    ];
  });
}

/** The pages of an organization over HTTP, signed in as its admin, with few and with very many connections. */
export const organizationPage: Measuring = {
  name: 'organization-page',
  async measure(stage, { rounds }) {
    const url = await (await stage.postgres()).createDatabase();
    const figures: Figure[] = [];
    for (const [label, database] of [
      ['PostgreSQL', { kind: 'postgres', url }],
      ['PGlite', { kind: 'pglite', directory: stage.pgliteDirectory() }],
    ] as const) {
      console.error(`  ${label}: filling it…`);
      const app = await start(database);
      try {
        const sessions: PageSession[] = [];
        for (const connections of SIZES) sessions.push(await app.signIn(admin(connections)));
        figures.push(...(await time(app.url, sessions, label, rounds)));
      } finally {
        await app.close();
      }
    }
    return figures;
  },
};
