import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pruneActivity } from '#lib/connections/prune.ts';
import { openDatabase } from '#lib/db/connection.ts';
import type { OpenDatabase } from '#lib/db/database.ts';
import { addLimitCounts } from '#lib/limits/limit-counts.ts';

let database: OpenDatabase;

beforeAll(async () => {
  database = await openDatabase({ kind: 'pglite', directory: 'memory://' });
});
afterAll(() => database?.close());

const add = (key: string, count: number, msLeft = 60_000) =>
  addLimitCounts(database.db, [{ key, count, msLeft }]);

const keys = async () => {
  const result = await database.db.execute(sql`select key from limit_counts order by key`);
  return (result as unknown as { rows: { key: string }[] }).rows.map(({ key }) => key);
};

test('counts that instances add to one key are summed up, and other keys do not change', async () => {
  expect(await add('sum', 3)).toMatchObject([{ key: 'sum', count: 3 }]);
  await add('another', 100);
  const both = await addLimitCounts(database.db, [
    { key: 'sum', count: 4, msLeft: 60_000 },
    { key: 'new', count: 1, msLeft: 60_000 },
  ]);
  expect(new Map(both.map(({ key, count }) => [key, count]))).toEqual(
    new Map([
      ['new', 1],
      ['sum', 7],
    ]),
  );
});

test('counts that instances add at the same time are all kept', async () => {
  const sums = await Promise.all(Array.from({ length: 20 }, () => add('at-once', 5)));
  expect(Math.max(...sums.map(([sum]) => sum?.count ?? 0))).toBe(100);
});

test('the first count of a key sets the end of its window, and later ones join that window', async () => {
  await add('window', 1, 20_000);
  const [later] = await add('window', 1, 60_000);
  expect(later?.msLeft).toBeGreaterThan(0);
  expect(later?.msLeft).toBeLessThanOrEqual(20_000);
});

test('the first count after the end of a window begins a new one', async () => {
  await add('over', 50, 1);
  const ended = sql`select key from limit_counts where key = 'over' and ends_at <= now()`;
  await expect.poll(() => database.db.execute(ended)).toMatchObject({ rows: [{ key: 'over' }] });
  const [sum] = await add('over', 2, 30_000);
  expect(sum?.count).toBe(2);
  expect(sum?.msLeft).toBeGreaterThan(20_000);
});

test('windows that are over are deleted, and the others are kept', async () => {
  await database.db.execute(sql`delete from limit_counts`);
  await add('live', 1);
  for (let n = 0; n < 25; n++) await add(`over-${n}`, 1, 1);
  const left = async () => {
    await pruneActivity(database.db, Date.now(), 30, 10);
    return keys();
  };
  await expect.poll(left).toEqual(['live']);
});
