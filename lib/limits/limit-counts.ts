import { sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';

/** A count in a window: in a call what one instance adds, in a result the sum. `msLeft` is until the window ends. */
export type LimitCount = { key: string; count: number; msLeft: number };

/**
 * Adds counts to those of the other instances, in one statement. The first count of a key sets the end of its window,
 * later ones join that window, and the first one after its end begins a new window. Rows are locked in the order of
 * their keys, so that instances that add at the same time cannot deadlock.
 *
 * @param added - each key once
 * @returns the sum of all instances for each of these keys, in any order
 */
export async function addLimitCounts(db: Database, added: readonly LimitCount[]): Promise<LimitCount[]> {
  const counts = added.map(({ key, count, msLeft }) => ({ key, count, ms_left: msLeft }));
  return rows(
    db,
    sql`
    insert into limit_counts as known (key, count, ends_at)
    select key, count, now() + ms_left * interval '1 millisecond'
    from jsonb_to_recordset(${JSON.stringify(counts)}::jsonb) as added(key text, count integer, ms_left integer)
    order by key
    on conflict (key) do update set
      count = case when known.ends_at > now() then known.count else 0 end + excluded.count,
      ends_at = case when known.ends_at > now() then known.ends_at else excluded.ends_at end
    returning key, count, greatest(1, ceil(extract(epoch from known.ends_at - now()) * 1000))::int as "msLeft"
  `,
  );
}
