/** What the database holds about the calls of one client. */
export type Recorded = { rows: number; distinct: number; counted: number; daily: number };

/**
 * Counts what is recorded of a client in three places that must agree: one row a call, the number at the connection,
 * and the numbers by day.
 *
 * @param query - asks the database of the app
 */
export async function recordedCalls(
  query: (text: string) => Promise<Record<string, unknown>[]>,
  clientId: string,
): Promise<Recorded> {
  const [row] = await query(
    `with c as (select * from connections where client_id = '${clientId}')
     select (select count(*)::int from activity where connection_id in (select id from c)) as rows,
            (select count(distinct id)::int from activity where connection_id in (select id from c)) as distinct,
            (select coalesce(sum(calls), 0)::int from c) as counted,
            (select coalesce(sum(allowed + denied + failed), 0)::int from activity_daily where connection_id in (select id from c)) as daily`,
  );
  return row as Recorded;
}
