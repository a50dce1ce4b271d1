import { getTableName, inArray, is } from 'drizzle-orm';
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { deletePersonData } from '#features/account/delete-data.ts';
import { exportData, storedData } from '#features/account/stored-data.ts';
import type { Person } from '#lib/connections/identity.ts';
import { CONNECTION_TABLES, erasePerson, KEPT_TABLES, OWN_TABLES } from '#lib/connections/person-data.ts';
import { checkRevocation } from '#lib/connections/revocation.ts';
import * as schema from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import { callerOf, ISSUER } from '#tests/support/caller.ts';
import {
  FakeWorkos,
  grantOf,
  instance,
  openTestDatabase,
  seen,
  seenMany,
  testDatabase,
} from '../../connections/support.ts';

beforeAll(openTestDatabase);

/** Tables without rows that a person could be found by, and why. */
const WITHOUT_PEOPLE: Readonly<Record<string, string>> = {
  revocation_clock: 'one number',
  organization_acts: 'the record of an organization about its admins, which expires',
  limit_counts: 'counts of hashes, for minutes',
  inspector_refreshes: 'encrypted for the session, for minutes',
  ended: 'hashes of sessions and people that WorkOS ended',
};

const tables = Object.values<unknown>(schema).filter((table) => is(table, PgTable));

test('every table is exported and deleted with a person, or it is explained why not', () => {
  const covered = [...OWN_TABLES, ...CONNECTION_TABLES].map(getTableName);
  const rest = tables.map(getTableName).filter((name) => !covered.includes(name));
  expect(rest.filter((name) => WITHOUT_PEOPLE[name] === undefined)).toEqual([]);
  expect(covered).toEqual(
    expect.arrayContaining(['connections', 'activity', 'activity_daily', 'revocations']),
  );
});

/** A value that a column accepts. */
function valueFor({ columnType, enumValues }: PgColumn): unknown {
  if (enumValues?.[0] !== undefined) return enumValues[0];
  if (/uuid/i.test(columnType)) return uuidv7(Date.now());
  if (/timestamp/i.test(columnType)) return new Date();
  if (/date/i.test(columnType)) return '2026-11-01';
  if (/bool/i.test(columnType)) return true;
  if (/json/i.test(columnType)) return [];
  return /text|varchar/i.test(columnType) ? `text ${uuidv7(Date.now())}` : 1;
}

/** Inserts a row of a person into a table, in which only what has to be set is set. */
async function insertRow(table: PgTable, known: Record<string, unknown>): Promise<void> {
  const columns = Object.entries(table).filter(([, column]) =>
    getTableConfig(table).columns.includes(column),
  );
  const row = columns.flatMap(([name, column]: [string, PgColumn]) =>
    name in known
      ? [[name, known[name]]]
      : column.notNull && !column.hasDefault
        ? [[name, valueFor(column)]]
        : [],
  );
  await (await testDatabase()).insert(table).values(Object.fromEntries(row));
}

async function fill(subject: string): Promise<Person> {
  const person = { issuer: ISSUER, subject };
  const connectionId = `connection of ${subject}`;
  await insertRow(schema.connections, { ...person, id: connectionId });
  for (const table of OWN_TABLES)
    if (table !== schema.connections) await insertRow(table, { ...person, connectionId });
  for (const table of CONNECTION_TABLES) await insertRow(table, { connectionId });
  return person;
}

async function exported(person: Person): Promise<Record<string, Record<string, unknown>[]>> {
  let text = '';
  for await (const part of exportData(await testDatabase(), person, { id: person.subject })) text += part;
  const { id, tables: all } = JSON.parse(text);
  expect(id).toBe(person.subject);
  return all;
}

describe('the data of a person', () => {
  test('is exported from every table, without that of others', async () => {
    const [ada, ben] = [await fill('user_export_ada'), await fill('user_export_ben')];
    const all = await exported(ada);
    expect(Object.keys(all).sort()).toEqual([...OWN_TABLES, ...CONNECTION_TABLES].map(getTableName).sort());
    for (const [name, rows] of Object.entries(all)) expect(rows, name).toHaveLength(1);
    expect(JSON.stringify(all)).not.toContain(ben.subject);
    const counts = await storedData(await testDatabase(), ada);
    expect(counts.map(({ table }) => table).sort()).toEqual(Object.keys(all).sort());
    expect(counts.every(({ count }) => count === 1)).toBe(true);
  });

  test('is exported whole when it has more rows than a page', async () => {
    const subject = 'user_export_many';
    const app = instance(new FakeWorkos());
    const calls = Array.from({ length: 1_234 }, (_, n) => ({
      caller: callerOf({ subject, clientId: `https://client-${n % 2}.example/id.json` }),
      at: new Date(Date.parse('2026-11-01T00:00:00Z') + n),
      outcome: n % 3 === 0 ? ('failed' as const) : ('allowed' as const),
    }));
    await seenMany(app, calls);
    const { activity = [], connections } = await exported({ issuer: ISSUER, subject });
    expect(connections).toHaveLength(2);
    expect(activity).toHaveLength(1_234);
    expect(new Set(activity.map(({ id }) => id)).size).toBe(1_234);
  });

  test('is deleted from every table but the denials, and that of others stays', async () => {
    const [ada, ben] = [await fill('user_delete_ada'), await fill('user_delete_ben')];
    const database = await testDatabase();
    const before = await storedData(database, ben);
    await erasePerson(database, ada);
    expect(await storedData(database, ada)).toEqual(
      KEPT_TABLES.map((table) => ({ table: getTableName(table), count: 1, kept: true })),
    );
    expect(await storedData(database, ben)).toEqual(before);
    for (const table of CONNECTION_TABLES) {
      const left = database
        .select()
        .from(table)
        .where(inArray(table.connectionId, [`connection of ${ada.subject}`]));
      expect(await left, getTableName(table)).toEqual([]);
    }
  });
});

describe('after a deletion', () => {
  const now = Math.floor(Date.now() / 1000);

  test('no token works, also of a consent that another instance wrote meanwhile', async () => {
    const workos = new FakeWorkos();
    const subject = 'user_deletes';
    const clientId = 'https://client.example/id.json';
    workos.grants.set(subject, [grantOf(clientId)]);
    const [here, there] = [instance(workos), instance(workos)];
    const known = callerOf({ subject, clientId, sessionId: 'session_known', issuedAt: now - 5 });
    const late = callerOf({ subject, clientId, sessionId: 'session_late', issuedAt: now - 5 });
    await seen(here, known);
    expect(await checkRevocation(known, here)).toBe('active');

    expect(await deletePersonData(subject, 'ada@example.com', here, () => seen(there, late))).toBe('deleted');

    expect(workos.grants.get(subject)).toEqual([]);
    const left = await storedData(await testDatabase(), { issuer: ISSUER, subject });
    expect(left.filter(({ kept }) => !kept).map(({ table }) => table)).toEqual([]);
    for (const app of [here, instance(workos)])
      for (const caller of [known, late]) {
        expect(await checkRevocation(caller, app)).toBe('revoked');
        // From a refresh token that survived at WorkOS.
        expect(await checkRevocation({ ...caller, issuedAt: now + 600 }, app)).toBe('revoked');
      }
  });

  test('a WorkOS that does not respond leaves nothing that acts, and is named', async () => {
    const workos = new FakeWorkos();
    const subject = 'user_deletes_offline';
    workos.grants.set(subject, [grantOf('https://client.example/id.json')]);
    const app = instance(workos);
    const caller = callerOf({ subject, clientId: 'https://client.example/id.json', issuedAt: now });
    await seen(app, caller);
    workos.up = false;
    expect(await deletePersonData(subject, '', app, async () => undefined)).toBe('deleted_pending');
    expect(await checkRevocation({ ...caller, issuedAt: now + 600 }, app)).toBe('revoked');
  });
});
