import { sql } from 'drizzle-orm';

/** Lower bounds of the steps of `activity_latency`, in milliseconds. Each is at most twice the one before it. */
export const LATENCY_STEPS_MS = [
  0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000,
  3_000, 4_000, 6_000, 8_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000,
] as const;

const steps = sql.raw(`array[${LATENCY_STEPS_MS.join(', ')}]`);

/** The part of `writeActivity` that counts the calls of `inserted` by their duration. */
export const countLatency = sql`, measured as (
      insert into activity_latency (connection_id, day, tool, duration_ms, allowed, denied, failed)
      select connection_id, (at at time zone 'UTC')::date as day, coalesce(tool, '') as name,
             (${steps})[width_bucket(duration_ms, ${steps})] as step,
             count(*) filter (where outcome = 'allowed'),
             count(*) filter (where outcome = 'denied'),
             count(*) filter (where outcome = 'failed')
      from inserted group by connection_id, day, name, step order by connection_id, day, name, step
      on conflict (connection_id, day, tool, duration_ms) do update set
        allowed = activity_latency.allowed + excluded.allowed,
        denied = activity_latency.denied + excluded.denied,
        failed = activity_latency.failed + excluded.failed
    )`;
