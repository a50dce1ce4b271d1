import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeDatabase, db, openDatabase } from '#lib/db/connection.ts';
import type { OpenDatabase } from '#lib/db/database.ts';
import { databaseFix } from '#lib/db/errors.ts';
import { migrate } from '#lib/db/migrate.ts';
import { MIGRATIONS } from '#lib/db/migrations.ts';
import { rows } from '#lib/db/rows.ts';
import { runRequest } from '#lib/observability/request.ts';
import { selfSignedCertificate } from '#tests/support/certificate.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { startTcpProxy, type TcpProxy } from '#tests/support/tcp-proxy.ts';

let postgres: TestPostgres;
let network: TcpProxy;
let url: string;
let database: OpenDatabase;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  stubConfiguration({ DATABASE_URL: url });
  network = await startTcpProxy(Number(new URL(url).port));
  database = await openDatabase({ kind: 'postgres', url: url.replace(/:\d+\//, `:${network.port}/`) });
});
afterEach(() => network.set('open'));
afterAll(async () => {
  await database?.close();
  await network?.close();
  await postgres?.close();
});

const PATIENT = { timeout: 30_000 };
const terminate = (pid: number) => postgres.query(url, `select pg_terminate_backend(${pid})`);

test('a tool gets the connections for calls, a page those for pages', async () => {
  const [call, page] = await Promise.all([runRequest('request', () => db()), db()]);
  expect(call).toBe(await db('calls'));
  expect(page).toBe(await db('pages'));
  expect(call).not.toBe(page);
  await closeDatabase();
});

test('slow statements of calls take no connection from pages, revocation and the recorder', async () => {
  const sleeping = Array.from({ length: 12 }, () =>
    database
      .of('calls')
      .execute(sql`select pg_sleep(60)`)
      .then(
        () => 'ended',
        () => 'failed',
      ),
  );
  const asleep = async () => {
    const found = await postgres.query(
      url,
      "select pid from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'",
    );
    return found.map(({ pid }) => Number(pid));
  };
  await expect.poll(async () => (await asleep()).length, PATIENT).toBeGreaterThan(1);
  for (const use of ['pages', 'revocation', 'background'] as const)
    expect(await rows(database.of(use), sql`select 1 as one`)).toEqual([{ one: 1 }]);
  expect((await asleep()).length).toBeGreaterThan(1);
  let ended = 0;
  for (const statement of sleeping) void statement.then(() => ended++);
  await expect
    .poll(async () => {
      for (const pid of await asleep()) await terminate(pid);
      return ended;
    }, PATIENT)
    .toBe(sleeping.length);
});

test('a connection that is lost in a transaction fails that transaction and nothing else', async () => {
  const failing = database.db.transaction(async (tx) => {
    const [backend] = await rows<{ pid: number }>(tx, sql`select pg_backend_pid() as pid`);
    await terminate(backend?.pid ?? 0);
    await tx.execute(sql`select 1`);
  });
  await expect(failing).rejects.toThrow();
  const idle = database.db.transaction(async (tx) => {
    const [backend] = await rows<{ pid: number }>(tx, sql`select pg_backend_pid() as pid`);
    await terminate(backend?.pid ?? 0);
    // Nothing is asked of the connection while it is lost.
    await expect
      .poll(
        () =>
          tx.execute(sql`select 1`).then(
            () => 'open',
            () => 'lost',
          ),
        PATIENT,
      )
      .toBe('lost');
  });
  await expect(idle).rejects.toThrow();
  expect(await database.db.transaction((tx) => rows(tx, sql`select 1 as one`))).toEqual([{ one: 1 }]);
});

test('transactions that a silent network interrupts leave all connections usable', async () => {
  const ask = () => database.db.transaction((tx) => rows(tx, sql`select 1 as one`));
  await Promise.all(Array.from({ length: 4 }, ask));
  network.set('stalled');
  const interrupted = await Promise.allSettled(Array.from({ length: 4 }, ask));
  expect(interrupted.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  network.set('open');
  for (let n = 0; n < 4; n++) expect(await ask()).toEqual([{ one: 1 }]);
});

describe('a migration of a table that a long transaction reads', () => {
  const list = MIGRATIONS as { name: string; statements: string[] }[];
  const denials = () => postgres.query(url, 'select count(*)::int as denials from denials');
  let blocker: pg.Client;

  beforeEach(async () => {
    blocker = new pg.Client({ connectionString: url });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('select * from denials');
    list.push({
      name: '9999_later',
      statements: ['alter table denials add column if not exists later text'],
    });
  });
  afterEach(async () => {
    list.pop();
    await blocker.end();
  });

  test('does not hold up other readers, and is done when the transaction ends', async () => {
    const migrating = migrate(database.db);
    for (let times = 0; times < 3; times++) {
      await expect
        .poll(
          () =>
            postgres.query(
              url,
              "select 1 from pg_locks where relation = 'denials'::regclass and not granted",
            ),
          PATIENT,
        )
        .toHaveLength(1);
      expect(await denials()).toEqual([{ denials: 0 }]);
    }
    await blocker.query('commit');
    await migrating;
    expect(await postgres.query(url, 'select later from denials')).toEqual([]);
    await postgres.query(url, "delete from schema_migrations where name = '9999_later'");
  });

  test('fails after the deadline, with the code of the lock', async () => {
    await expect(migrate(database.db, 0)).rejects.toMatchObject({ cause: { code: '55P03' } });
  });
});

describe('a database with a certificate of its own authority', () => {
  const { key, cert } = selfSignedCertificate('localhost');
  const local = () => url.replace('127.0.0.1', 'localhost');
  const open = (parts: { url: string; ca?: string }) => openDatabase({ kind: 'postgres', ...parts });
  const fixOf = async (parts: Parameters<typeof open>[0]) => {
    const error = await open(parts).then(
      () => 'opened',
      (reason: unknown) => reason,
    );
    return databaseFix(error);
  };
  /** Written by the server, which accepts only a key that no other user can read. */
  const write = (name: string, pem: string) =>
    postgres.query(
      url,
      `copy (select unnest(string_to_array('${pem.trim()}', E'\\n'))) to program 'umask 077; cat > ${name}'`,
    );

  test('is refused with the fix: first that it has no TLS, then that its authority is unknown', async () => {
    expect(await fixOf({ url: `${local()}?sslmode=require` })).toContain('sslmode=disable');
    await write('key.pem', key);
    await write('cert.pem', cert);
    for (const [name, value] of [
      ['ssl_key_file', 'key.pem'],
      ['ssl_cert_file', 'cert.pem'],
      ['ssl', 'on'],
    ])
      await postgres.query(url, `alter system set ${name} = '${value}'`);
    await postgres.query(url, 'select pg_reload_conf()');
    await expect.poll(() => fixOf({ url: `${local()}?sslmode=require` }), PATIENT).toContain('DATABASE_CA');
    expect(await fixOf({ url, ca: cert })).toContain('another host');
  });

  test('is used, encrypted, with DATABASE_CA', async () => {
    const { db, close } = await open({ url: local(), ca: cert });
    expect(await rows(db, sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`)).toEqual([
      { ssl: true },
    ]);
    await close();
  });
});
