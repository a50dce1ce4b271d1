import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTIVITY_STEP, MAX_ACTIVITY } from '#features/connected-clients/activity/activity-filter.ts';
import { PAGE_SIZE } from '#features/connected-clients/search-params.ts';
import { DAYS_SHOWN } from '#lib/connections/connection-row.ts';
import { fillDatabase } from '#tests/support/large-database.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { type ExplainedDatabase, openExplained, type Plan } from '#tests/support/query-plans.ts';
import {
  APP_QUERIES,
  BACKGROUND_QUERIES,
  LIST_QUERIES,
  type PageQuery,
  plansOfQuery,
  QUERIES,
  startVisit,
  TIMELINE_QUERIES,
} from './page-queries.ts';

const CLIENTS = 5_000;
const CALLS = 300_000;

let postgres: TestPostgres;
let explained: ExplainedDatabase;
const plans = new Map<string, readonly Plan[]>();

beforeAll(async () => {
  postgres = await startPostgres();
  explained = await openExplained(await postgres.createDatabase());
  const person = await fillDatabase(explained.db, { clients: CLIENTS, activity: CALLS });
  const visit = startVisit(explained, person);
  for (const query of QUERIES) plans.set(query.name, await plansOfQuery(visit, query));
});

afterAll(async () => {
  await explained?.close();
  await postgres?.close();
});

/** The plans of a query's statements; at least one must read a table. */
function plansOf({ name }: Pick<PageQuery, 'name'>): readonly Plan[] {
  const made = plans.get(name) ?? [];
  expect(made.flatMap(({ scans }) => scans)).not.toHaveLength(0);
  return made;
}

type Read = Partial<
  Record<
    'connections' | 'denials' | 'activity' | 'activity_daily' | 'activity_latency' | 'revocations',
    number
  >
>;

/** Rows read from each table. */
function rowsRead(made: readonly Plan[]): Read {
  const read: Record<string, number> = {};
  for (const { table, rows } of made.flatMap(({ scans }) => scans)) read[table] = (read[table] ?? 0) + rows;
  return read;
}

/** Expects at most these rows to be read, and none from other tables. */
function expectAtMost(made: readonly Plan[], most: Read): void {
  const beyond = Object.entries(rowsRead(made)).filter(
    ([table, rows]) => rows > (most[table as keyof Read] ?? 0),
  );
  expect(beyond).toEqual([]);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Clients are shown with their calls by day and their denials: one of the client, and one of all of the person. */
const OF_A_PAGE: Read = { activity_daily: PAGE_SIZE * DAYS_SHOWN, denials: 2 * (PAGE_SIZE + 1) };

describe('the pages of a person with 5,000 clients, one of which made 100,000 of 300,000 calls', () => {
  test.each(QUERIES)('$name: no table is scanned sequentially', (query) => {
    const whole = plansOf(query)
      .flatMap(({ scans }) => scans)
      .filter(({ index }) => index === undefined);
    expect(whole).toEqual([]);
  });

  /** Whether a statement only counts the clients of a person. */
  const isCount = ({ statement }: Plan) => statement.startsWith('select count(');

  test.each(LIST_QUERIES)('$name: a page reads only the clients it shows, in index order', (query) => {
    const page = plansOf(query).filter((plan) => !isCount(plan));
    expectAtMost(page, { ...OF_A_PAGE, connections: PAGE_SIZE + 1 });
    expect(sum(page.map(({ sorted }) => sorted))).toBe(0);
  });

  test.each(LIST_QUERIES)('$name: clients are counted by an index-only scan', (query) => {
    const counts = plansOf(query).filter(isCount);
    expect(counts).toHaveLength(1);
    expect(counts[0]?.scans).toMatchObject([{ kind: 'Index Only Scan', rows: CLIENTS }]);
  });

  test.each(APP_QUERIES)(
    "$name: this person's connections are read once, and then only those shown",
    (query) => {
      const [grouping, ...shown] = plansOf(query);
      expectAtMost(
        [grouping].filter((plan) => plan !== undefined),
        // A denial of the client, and one of the connection by an admin of its organization.
        { connections: CLIENTS, denials: 2 * CLIENTS },
      );
      // Once to group them, once to put the newest of each group first, and once to order the groups.
      expect(grouping?.sorted).toBeLessThanOrEqual(3 * CLIENTS);
      expectAtMost(shown, {
        ...OF_A_PAGE,
        connections: PAGE_SIZE,
        activity_daily: 2 * PAGE_SIZE * DAYS_SHOWN,
      });
    },
  );

  test.each(TIMELINE_QUERIES)('$name: only the calls shown are read, even rare ones', (query) => {
    const shown = query.name.includes('1,000 calls') ? MAX_ACTIVITY : ACTIVITY_STEP;
    const made = plansOf(query);
    // Each outcome is a range of its own, with its own check of whose client it is.
    expectAtMost(made, { activity: 3 * shown, connections: 3 });
    expect(sum(made.map(({ sorted }) => sorted))).toBeLessThanOrEqual(3 * shown);
    // Each row may be in a block of its own; the others are index blocks.
    expect(sum(made.map(({ blocks }) => blocks))).toBeLessThanOrEqual(1.5 * shown + 50);
  });

  test.each<[string, Read]>([
    ['client', { connections: 1, denials: 2, activity_daily: DAYS_SHOWN }],
    ['client, calls by day', { connections: 2, activity_daily: DAYS_SHOWN, activity_latency: DAYS_SHOWN }],
    ['client, its tools', { connections: 1, activity: 2 }],
    // Its own 22 and the 20 of all clients of the person, each compared with when it was first seen.
    ['client, its revocation history', { connections: 42, revocations: 42 }],
  ])('%s: only the rows shown are read', (name, most) => {
    expectAtMost(plansOf({ name }), most);
  });

  test("saving grants reads only this person's clients, and retrying reads no deletion that is not due", () => {
    const [grants, due] = BACKGROUND_QUERIES as [PageQuery, PageQuery];
    expectAtMost(plansOf(grants), { connections: CLIENTS });
    expectAtMost(plansOf(due), { denials: 0 });
  });
});

test('a sequential scan is detected, with the rows it discards and sorts', async () => {
  const [searched, sorted] = await explained.plansOf(async () => {
    await explained.db.execute(sql`select id from activity where duration_ms > 1`);
    await explained.db.execute(sql`select id from activity order by method, at limit 1`);
  });
  expect(searched?.scans).toMatchObject([{ table: 'activity', kind: 'Seq Scan', index: undefined }]);
  // Workers of a parallel plan report averages.
  expect(searched?.scans[0]?.rows).toBeGreaterThan(0.99 * CALLS);
  expect(sorted?.sorted).toBeGreaterThan(0.99 * CALLS);
});
