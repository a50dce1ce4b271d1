import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { endedAmong, markEnded, personEnd, sessionEnd } from '#lib/db/ended.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import { addDenials, allTargetOf, denialOf } from './denial-queries.ts';
import { memberKey, type Person } from './identity.ts';
import { erasePerson } from './person-data.ts';
import { processContext } from './process-context.ts';
import type { Batch } from './recorder.ts';

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
  await erasePerson(database, person);
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
    if (person !== undefined) await erasePerson(database, person);
  }
}
