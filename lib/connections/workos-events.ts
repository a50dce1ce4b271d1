import { inArray, is, sql } from 'drizzle-orm';
import { type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { endedAmong, markEnded, personEnd, sessionEnd } from '#lib/db/ended.ts';
import * as schema from '#lib/db/schema.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import { addDenials, allTargetOf, denialOf } from './denial-queries.ts';
import { memberKey, type Person } from './identity.ts';
import { ofPerson } from './person-rows.ts';
import { processContext } from './process-context.ts';
import type { Batch } from './recorder.ts';

const { activity, activityDaily, connections, denials } = schema;
/** Most rows that a statement deletes, so that it stays short. */
const ROWS_PER_STATEMENT = 5_000;

type OfPerson = PgTable & { issuer: PgColumn; subject: PgColumn };

const holdsPeople = (table: unknown): table is OfPerson =>
  is(table, PgTable) && 'issuer' in table && 'subject' in table;

/**
 * The tables with rows of people, by their columns `issuer` and `subject`, so those that the owner of a copy adds are
 * among them. Without the denials, which must hold as long as a token may be valid. Connections are last, because calls
 * are found through them.
 */
const TABLES: readonly OfPerson[] = [
  ...Object.values<unknown>(schema)
    .filter(holdsPeople)
    .filter((table) => table !== (denials as OfPerson) && table !== (connections as OfPerson)),
  connections,
];

/**
 * Forgets a person whom WorkOS deleted: refuses all tokens of the person for good, ends their page sessions, and deletes what is
 * stored of them. Idempotent, and safe to interrupt: the next run does the rest.
 */
export async function forgetPerson(person: Person): Promise<void> {
  const context = processContext();
  const database = await db('background');
  const denial = {
    ...person,
    target: allTargetOf(person),
    parent: null,
    clientId: null,
    permanent: true,
    coversUnattributed: false,
    deletion: 'done',
  } as const;
  const rows = await addDenials(database, [denial], context.now());
  context.denylist.current.apply(rows.map(denialOf));
  await markEnded(database, personEnd(person));
  await erase(database, person);
}

/**
 * Refuses the tokens that a person got for an organization before their membership ended. A later membership gives new
 * tokens, so events in another order, or twice, do no harm.
 *
 * @param at - when the membership ended, by the clock of WorkOS
 */
export async function endMembership(person: Person, organizationId: string, at: Date): Promise<void> {
  const context = processContext();
  const denial = {
    ...person,
    target: memberKey(person, organizationId),
    parent: null,
    clientId: null,
    permanent: false,
    coversUnattributed: false,
    deletion: 'done',
  } as const;
  const until = new Date(at.getTime() + CLOCK_TOLERANCE_SECONDS * 1000);
  const rows = await addDenials(await db('background'), [denial], until);
  context.denylist.current.apply(rows.map(denialOf));
}

/** Ends a session of the pages, which WorkOS does not renew any more. */
export async function endPageSession(sessionId: string): Promise<void> {
  await markEnded(await db('background'), sessionEnd(sessionId));
}

/**
 * Deletes again what was recorded of people after they were forgotten. Called after each write, so whichever of the two
 * ends last deletes: a token of such a person is refused, and refused calls are recorded.
 */
export async function eraseForgotten(database: Database, batch: Batch): Promise<void> {
  if (config().webhookSecret === undefined) return;
  const people = new Map(batch.map(({ record: { caller } }) => [personEnd(caller), caller]));
  for (const key of await endedAmong(database, [...people.keys()])) {
    const person = people.get(key);
    if (person !== undefined) await erase(database, person);
  }
}

async function erase(database: Database, person: Person): Promise<void> {
  const theirs = database
    .select({ id: connections.id })
    .from(connections)
    .where(ofPerson(connections, person));
  const calls = database
    .select({ id: activity.id })
    .from(activity)
    .where(inArray(activity.connectionId, theirs))
    .limit(ROWS_PER_STATEMENT);
  let deleted: unknown[];
  do {
    deleted = await database.delete(activity).where(inArray(activity.id, calls)).returning({ one: sql`1` });
  } while (deleted.length === ROWS_PER_STATEMENT);
  await database.delete(activityDaily).where(inArray(activityDaily.connectionId, theirs));
  for (const table of TABLES) await database.delete(table).where(ofPerson(table, person));
}
