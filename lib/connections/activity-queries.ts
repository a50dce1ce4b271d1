import { and, desc, eq, exists, gte, isNotNull, lte, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { activity, connections, revocations } from '#lib/db/schema.ts';
import { isUuid } from '#lib/db/uuid.ts';
import type { Context } from './context.ts';
import { pageSize } from './cursor.ts';
import type { RevocationEvent } from './denial-queries.ts';
import type { Person } from './identity.ts';
import { ofPerson } from './person-rows.ts';
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

/** One event in the revocation history of a connection. */
export type RevocationEntry = {
  at: Date;
  event: RevocationEvent;
  /** Who requested it; empty for what the server did by itself. Sanitized. */
  by: string;
  /** Whether it applied to all connections of the person. */
  all: boolean;
};

const MAX_TOOLS = 100;
const MAX_EVENTS = 100;

/** Whether the connection belongs to the person; every query of calls has this condition. */
function owned(db: Database, person: Person, id: string) {
  return exists(
    db
      .select({ id: connections.id })
      .from(connections)
      .where(and(eq(connections.id, id), ofPerson(connections, person))),
  );
}

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

/**
 * The revocation history of a connection, newest first, at most 100 entries.
 *
 * @param clientKey - of its client, which is revoked in all organizations
 */
export async function revocationHistory(
  userId: string,
  id: string,
  context: Context = processContext(),
  clientKey: string = id,
): Promise<RevocationEntry[]> {
  const db = await context.database();
  const person = { issuer: context.issuer, subject: userId };
  // A range instead of equality, as in `indexRange`.
  const range = (connectionId: string, since?: SQL) =>
    db
      .select({
        id: revocations.id,
        at: revocations.at,
        event: revocations.event,
        by: revocations.by,
        connectionId: revocations.connectionId,
      })
      .from(revocations)
      .where(
        and(
          ofPerson(revocations, person),
          gte(revocations.connectionId, connectionId),
          lte(revocations.connectionId, connectionId),
          since,
          owned(db, person, id),
        ),
      )
      .orderBy(desc(revocations.connectionId), desc(revocations.id))
      .limit(MAX_EVENTS);
  const appeared = db.select({ at: connections.appearedAt }).from(connections).where(eq(connections.id, id));
  const rows = await unionAll(range(clientKey), range('', sql`${revocations.at} >= ${appeared}`))
    .orderBy(desc(revocations.id))
    .limit(MAX_EVENTS);
  return rows.map(({ at, event, by, connectionId }) => ({ at, event, by, all: connectionId === '' }));
}
