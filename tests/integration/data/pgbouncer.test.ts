import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '#lib/db/connection.ts';
import { rows } from '#lib/db/rows.ts';
import { PGBOUNCER, type Pooler, startPgbouncer } from '#tests/support/pgbouncer.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { type Instance, startInstance } from './start-instance.ts';

const SERVER_CONNECTIONS = 3;
const SETTINGS = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'search_path',
  'TimeZone',
];

describe.skipIf(PGBOUNCER === undefined)('behind a pooler in transaction mode', () => {
  let postgres: TestPostgres;
  let pooler: Pooler;
  let url: string;
  const instances: Instance[] = [];

  beforeAll(async () => {
    stubConfiguration();
    postgres = await startPostgres();
    const direct = await postgres.createDatabase();
    pooler = await startPgbouncer(direct, SERVER_CONNECTIONS);
    url = pooler.through(direct);
  });
  afterAll(async () => {
    for (const instance of instances) await instance.kill();
    await pooler?.close();
    await postgres?.close();
  });

  /** The settings of each server connection of the pooler, as another application sees them. */
  async function settingsOfOthers(): Promise<string[]> {
    const clients = await Promise.all(
      Array.from({ length: SERVER_CONNECTIONS }, async () => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query('begin');
        return client;
      }),
    );
    const shown = clients.map(async (client) => {
      const values = SETTINGS.map((name) => `current_setting('${name}')`);
      const { rows } = await client.query({ text: `select ${values.join(', ')}`, rowMode: 'array' });
      await client.query('commit');
      await client.end();
      return rows.join();
    });
    return [...new Set(await Promise.all(shown))];
  }

  test('instances that start together migrate once, work, and leave no setting to other applications', async () => {
    const before = await settingsOfOthers();
    expect(before).toHaveLength(1);
    for (let n = 0; n < 3; n++) instances.push(startInstance(url));
    await Promise.all(instances.map((instance) => instance.run('open')));
    const [a, b] = instances as [Instance, Instance];
    const caller = { subject: 'user_pooled', clientId: 'https://pooled.example/id.json', issuedAt: 1 };
    expect(await a.run('check', caller)).toBe('active');
    await a.run('record', caller, 40);
    await a.run('flush');
    const [connection] = (await a.run('page', 'user_pooled')).rows;
    expect(connection?.calls).toBe(40);
    expect(await a.run('revoke', 'user_pooled', connection?.id ?? '')).toBe('pending');
    await expect.poll(() => b.run('check', caller), { timeout: 30_000 }).toBe('revoked');
    expect(await settingsOfOthers()).toEqual(before);
    for (const instance of instances) await instance.run('close');
    expect(await settingsOfOthers()).toEqual(before);
  });

  test('no lock outlives a transaction', async () => {
    const { db, close } = await openDatabase({ kind: 'postgres', url });
    expect(await rows(db, sql`select * from pg_locks where locktype = 'advisory'`)).toEqual([]);
    await close();
  });

  test('a transaction has a limit for each statement, and one for the pauses between them', async () => {
    const { db, close } = await openDatabase({ kind: 'postgres', url });
    const limits = sql`select current_setting('statement_timeout') as statement,
                              current_setting('idle_in_transaction_session_timeout') as idle`;
    const inside = await db.transaction((tx) => rows(tx, limits));
    expect(inside).toEqual([{ statement: '5s', idle: '5s' }]);
    await close();
  });
});
