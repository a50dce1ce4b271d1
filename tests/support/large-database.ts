import { sql } from 'drizzle-orm';
import { connectionId } from '#lib/connections/identity.ts';
import type { Database } from '#lib/db/database.ts';
import { firstUuidAt, uuidv7 } from '#lib/db/uuid.ts';
import { ISSUER } from './caller.ts';
import { type Owner, seedConnections, settle } from './seed-connections.ts';

const DAY = 24 * 60 * 60 * 1000;
const ADA = 'user_ada';
const GRACE = { subject: 'user_grace', clients: 1_000 };
/** Everybody else has clients, but no recorded calls: so many for each one of the person, two hundred a head. */
const OTHERS = { times: 8, clients: 200 };

/** What the pages of one person with very many clients are asked for. */
export type LargePerson = {
  issuer: string;
  userId: string;
  /** How many clients the person has. */
  clients: number;
  /** The connection that made a third of all calls. */
  busiest: string;
  /** Tools that it called: nearly always, and once, a month ago; the latter is what all others call. */
  tools: { usual: string; rare: string };
  /** Where its activity is half over, for the page after. */
  middle: string;
};

const BUSIEST: Owner = { issuer: ISSUER, subject: ADA, clientId: 'client_busiest' };
const STUBBORN: Owner = { issuer: ISSUER, subject: 'user_hedy', clientId: 'client_stubborn' };
const USUAL = 'store';
const RARE = 'identity';

const idOf = (owner: Owner) => connectionId({ ...owner, sessionId: undefined });

const ownersOf = (subject: string, count: number) =>
  Array.from({ length: count }, (_, number) => ({ issuer: ISSUER, subject, clientId: `client_${number}` }));

/**
 * Fills an empty database: one person with `clients` connections, and other people with more connections, denials and
 * history than theirs. Calls are a third of the one connection that is looked at, a third of a revoked client of somebody
 * else that does not give up, and a third of everything else. What is rare of the first one, a denied call and a tool, is
 * frequent in the table: PostgreSQL knows how frequent something is, but not for whom.
 *
 * @param db - without a limit on the time of a statement
 * @param activity - recorded calls, of all together
 */
export async function fillDatabase(
  db: Database,
  { clients, activity }: { clients: number; activity: number },
): Promise<LargePerson> {
  const third = Math.round(activity / 3);
  await seedConnections(db, [BUSIEST, STUBBORN], third);
  const others = [...ownersOf(ADA, clients - 1), ...ownersOf(GRACE.subject, GRACE.clients)];
  await seedConnections(db, others, Math.ceil(third / others.length));
  await seedOthers(db, Math.ceil((clients * OTHERS.times) / OTHERS.clients));
  const busiest = idOf(BUSIEST);
  await db.execute(sql`update activity set tool = ${USUAL} where connection_id = ${busiest}`);
  await db.execute(sql`update activity set outcome = 'denied' where connection_id = ${idOf(STUBBORN)}`);
  await seedRareCalls(db, busiest);
  await seedDenials(db, busiest);
  await seedHistory(db, busiest);
  await shuffle(db);
  await settle(db);
  for (const table of ['denials', 'revocations']) await db.execute(sql.raw(`vacuum analyze ${table}`));
  return {
    issuer: ISSUER,
    userId: ADA,
    clients,
    busiest,
    tools: { usual: USUAL, rare: RARE },
    middle: firstUuidAt(Date.now() - 15 * DAY),
  };
}

async function seedOthers(db: Database, people: number): Promise<void> {
  await db.execute(sql`
    insert into connections (id, issuer, subject, client_id, sort_name, appeared_at, active_at)
    select substr(md5(person || ' ' || client), 1, 22), ${ISSUER}, 'user_' || person, 'client_' || client,
           'client_' || client, now() - interval '30 days', now()
    from generate_series(1, ${people}::int) as person, generate_series(1, ${OTHERS.clients}::int) as client`);
  // Written in one statement, all of a person would have been active at the same moment.
  await db.execute(sql`
    update connections set active_at = active_at - random() * interval '30 days',
                           appeared_at = appeared_at - random() * interval '300 days'`);
}

/** Lays rows as time does: calls of all connections among each other, and connections in no order. */
async function shuffle(db: Database): Promise<void> {
  for (const [table, index] of [
    ['connections', 'connections_pkey'],
    ['activity', 'activity_pkey'],
    ['activity_daily', 'activity_daily_by_day'],
    ['activity_latency', 'activity_latency_by_day'],
    ['denials', 'denials_pkey'],
  ])
    await db.execute(sql.raw(`cluster ${table} using ${index}`));
}

/** Two calls that are far back among those that are neither denied nor failed. */
async function seedRareCalls(db: Database, id: string): Promise<void> {
  const at = Date.now() - 29 * DAY;
  for (const [outcome, tool] of [
    ['denied', USUAL],
    ['failed', RARE],
  ])
    await db.execute(sql`
      insert into activity (id, connection_id, at, method, tool, outcome, duration_ms)
      values (${uuidv7(at)}, ${id}, ${new Date(at).toISOString()}::timestamptz, 'tools/call', ${tool}, ${outcome}, 1)`);
}

/** Half of all connections are revoked; pending deletions of the person are not due during a test. */
async function seedDenials(db: Database, busiest: string): Promise<void> {
  await db.execute(sql`
    insert into denials (target, issuer, subject, client_id, revoked_at, deletion, next_attempt_at, version)
    select id, issuer, subject, client_id, now() - interval '1 hour',
           case when number % 100 = 0 then 'pending' else 'done' end, now() + interval '1 day', number
    from (select *, row_number() over (order by id) as number from connections) as numbered
    where id <> ${busiest} and number % 2 = 0`);
}

/**
 * Two events for every connection of the person, some for the busiest, and some for all of them at once; other people did
 * the latter alone. Each is frequent in the table, and both together are rare.
 */
async function seedHistory(db: Database, busiest: string): Promise<void> {
  await db.execute(sql`
    insert into revocations (id, issuer, subject, connection_id, at, event)
    select uuidv7(), issuer, subject, id, now(), event
    from connections, unnest(array['revoked', 'grant_deleted']) as event where subject = ${ADA}`);
  await db.execute(sql`
    insert into revocations (id, issuer, subject, connection_id, at, event)
    select uuidv7(), ${ISSUER}, ${ADA}, target, now(), 'revoked'
    from unnest(array[${busiest}, '']) as target, generate_series(1, 20)`);
  await db.execute(sql`
    insert into revocations (id, issuer, subject, connection_id, at, event)
    select uuidv7(), ${ISSUER}, 'user_' || person, '', now(), 'revoked'
    from generate_series(1, 20_000) as person`);
}
