import { and, desc, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { rows } from '#lib/db/rows.ts';
import { activity } from '#lib/db/schema.ts';
import { firstUuidAt, isUuid } from '#lib/db/uuid.ts';
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
  filter?: {
    outcome?: ActivityEntry['outcome'];
    tool?: string;
    /** Without allowed requests that only set a client up, such as `tools/list`. */
    quiet?: boolean;
    /** Calls from this time on, and before that time. */
    since?: Date;
    until?: Date;
  };
  /** Only entries before this one: the `id` of the last entry of the previous page. */
  before?: string;
  /** Entries in the page, 1 to 1,000. */
  limit?: number;
};

const MAX_TOOLS = 100;

/** Sort before and after every id. */
const MIN_UUID = '00000000-0000-0000-0000-000000000000';
const MAX_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Methods by which a client does something. The others set it up. */
const ACTING_METHODS = ['tools/call', 'prompts/get', 'resources/read'];
/** Most allowed requests that are searched for those of {@link ACTING_METHODS}. */
const MAX_SEARCHED = 1_000;

/**
 * The two ends of a range in the index `activity_by_outcome` or `activity_by_tool`, within a connection. Ranges instead of
 * equality, together with an order by all columns, leave the planner no other index. Its statistics count outcomes and
 * tools among all calls, not among those of a connection, so for a frequent one it would scan the calls of all people.
 */
function indexRange(outcome: string, tool: string | undefined, since: string, before: string): SQL[] {
  if (tool === undefined)
    return [
      sql`(${activity.outcome}, ${activity.id}) >= (${outcome}, ${since}::uuid)`,
      sql`(${activity.outcome}, ${activity.id}) < (${outcome}, ${before}::uuid)`,
    ];
  return [
    isNotNull(activity.tool),
    sql`(${activity.tool}, ${activity.outcome}, ${activity.id}) >= (${tool}, ${outcome}, ${since}::uuid)`,
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
  const { outcome, tool, quiet = false, since, until } = filter;
  const from = since ? firstUuidAt(since.getTime()) : MIN_UUID;
  const ends = [before ?? MAX_UUID, until ? firstUuidAt(until.getTime()) : MAX_UUID].sort();
  const columns = {
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
  };
  const range = (outcome: ActivityEntry['outcome'], most: number) =>
    db
      .select(columns)
      .from(activity)
      .where(
        and(
          eq(activity.connectionId, id),
          ...indexRange(outcome, tool, from, ends[0] ?? MAX_UUID),
          owned(db, person, id),
        ),
      )
      .orderBy(
        ...(tool === undefined ? [] : [desc(activity.tool)]),
        desc(activity.outcome),
        desc(activity.id),
      )
      .limit(most);
  const acting = quiet && tool === undefined;
  const branch = (outcome: ActivityEntry['outcome']) => {
    const searching = acting && outcome === 'allowed';
    const calls = range(outcome, searching ? Math.max(size, MAX_SEARCHED) : size).as('calls');
    return db
      .select()
      .from(calls)
      .where(searching ? inArray(calls.method, ACTING_METHODS) : undefined)
      .limit(size);
  };
  const rows =
    outcome === undefined
      ? await unionAll(branch('allowed'), branch('denied'), branch('failed'))
          .orderBy(desc(activity.id))
          .limit(size)
      : await branch(outcome);
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
