import { and, desc, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { rows } from '#lib/db/rows.ts';
import { activity } from '#lib/db/schema.ts';
import { isUuid } from '#lib/db/uuid.ts';
import type { Context } from './context.ts';
import { pageSize } from './cursor.ts';
import { owned } from './person-rows.ts';
import { processContext } from './process-context.ts';

/** One recorded call of a connection. */
export type ActivityEntry = {
  id: string;
  at: Date;
  method: string;
  tool: string | undefined;
  outcome: 'allowed' | 'denied' | 'failed';
  reason: string | undefined;
  durationMs: number;
  protocolVersion: string | undefined;
  software: { name: string; version: string } | undefined;
};

export type ActivityQuery = {
  filter?: { outcome?: ActivityEntry['outcome']; tool?: string };
  /** Only entries before this one: the `id` of the last entry of the previous page. */
  before?: string;
  /** Entries in the page, 1 to 1,000. */
  limit?: number;
};

const MAX_TOOLS = 100;

/** Sorts after every id. */
const MAX_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * The two ends of a range in the index `activity_by_outcome` or `activity_by_tool`, within a connection. Ranges instead of
 * equality, together with an order by all columns, leave the planner no other index. Its statistics count outcomes and
 * tools among all calls, not among those of a connection, so for a frequent one it would scan the calls of all people.
 */
function indexRange(outcome: string, tool: string | undefined, before = MAX_UUID): SQL[] {
  if (tool === undefined)
    return [
      sql`${activity.outcome} >= ${outcome}`,
      sql`(${activity.outcome}, ${activity.id}) < (${outcome}, ${before}::uuid)`,
    ];
  return [
    isNotNull(activity.tool),
    sql`(${activity.tool}, ${activity.outcome}) >= (${tool}, ${outcome})`,
    sql`(${activity.tool}, ${activity.outcome}, ${activity.id}) < (${tool}, ${outcome}, ${before}::uuid)`,
  ];
}

/**
 * Calls of a connection, newest first; empty when the person has no such connection.
 *
 * Each outcome is read from its own range of an index and the ranges are merged, so that a page costs the same for a
 * rare outcome as for a frequent one.
 */
export async function listActivity(
  userId: string,
  id: string,
  { filter = {}, before, limit }: ActivityQuery = {},
  context: Context = processContext(),
): Promise<ActivityEntry[]> {
  const db = await context.database();
  const size = pageSize(limit, 50);
  const person = { issuer: context.issuer, subject: userId };
  if (before !== undefined && !isUuid(before)) return [];
  const range = (outcome: ActivityEntry['outcome']) =>
    db
      .select({
        id: activity.id,
        at: activity.at,
        method: activity.method,
        tool: activity.tool,
        outcome: activity.outcome,
        reason: activity.reason,
        durationMs: activity.durationMs,
        protocolVersion: activity.protocolVersion,
        softwareName: activity.softwareName,
        softwareVersion: activity.softwareVersion,
      })
      .from(activity)
      .where(
        and(
          eq(activity.connectionId, id),
          ...indexRange(outcome, filter.tool, before),
          owned(db, person, id),
        ),
      )
      .orderBy(
        ...(filter.tool === undefined ? [] : [desc(activity.tool)]),
        desc(activity.outcome),
        desc(activity.id),
      )
      .limit(size);
  const rows =
    filter.outcome === undefined
      ? await unionAll(range('allowed'), range('denied'), range('failed'))
          .orderBy(desc(activity.id))
          .limit(size)
      : await range(filter.outcome);
  return rows.map(({ softwareName, softwareVersion, tool, reason, protocolVersion, ...row }) => ({
    ...row,
    tool: tool ?? undefined,
    reason: reason ?? undefined,
    protocolVersion: protocolVersion ?? undefined,
    software: softwareName === null ? undefined : { name: softwareName, version: softwareVersion ?? '' },
  }));
}

/** Names of the tools that a connection called, in order, at most 100. Each is found by one step in an index. */
export async function toolsCalled(
  userId: string,
  id: string,
  context: Context = processContext(),
): Promise<string[]> {
  const db = await context.database();
  const isOwned = owned(db, { issuer: context.issuer, subject: userId }, id);
  const called = await rows<{ tool: string }>(
    db,
    sql`
    with recursive tools as (
      select (select tool from activity where connection_id = ${id} and tool is not null and ${isOwned}
              order by tool limit 1) as tool, 1 as steps
      union all
      select (select tool from activity where connection_id = ${id} and tool > tools.tool
              order by tool limit 1), steps + 1
      from tools where tool is not null and steps < ${MAX_TOOLS}
    )
    select tool from tools where tool is not null`,
  );
  return called.map(({ tool }) => tool);
}
