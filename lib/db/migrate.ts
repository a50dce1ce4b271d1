import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { databaseErrorCode } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import { rows } from './rows.ts';

/** Key of the advisory lock on which instances wait for each other. */
const LOCK_KEY = 7_245_108_663_501n;
const UNDEFINED_TABLE = '42P01';
/** A read of the denylist may take longer than this and what its own statement takes. */
const LOCK_TIMEOUT = '200ms';
const RETRY_MS = 300;
const DEADLINE_MS = 60_000;
/** Lock timeout, and deadlock. */
const NOT_FREE = new Set(['55P03', '40P01']);

async function applied(db: Database): Promise<Set<string>> {
  const migrations = await rows<{ name: string }>(db, sql`select name from schema_migrations`);
  return new Set(migrations.map(({ name }) => name));
}

/** Whether the schema is older than this build. Takes no lock and needs no right to create tables. */
export async function needsMigration(db: Database): Promise<boolean> {
  try {
    const names = await applied(db);
    return MIGRATIONS.some(({ name }) => !names.has(name));
  } catch (error) {
    if (databaseErrorCode(error) === UNDEFINED_TABLE) return true;
    throw error;
  }
}

/**
 * Brings the schema up to this build, one migration in each transaction. Any number of instances may call it on one
 * database at the same time: an advisory lock, which ends with the transaction, lets one of them migrate. A lock that is
 * not free is waited for briefly and asked for again, because readers of the running version queue behind the wait.
 *
 * @param deadlineMs - when to stop asking
 */
export async function migrate(db: Database, deadlineMs = DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (const migration of MIGRATIONS) {
    for (;;) {
      try {
        await apply(db, migration);
        break;
      } catch (error) {
        if (!NOT_FREE.has(databaseErrorCode(error)) || performance.now() > deadline) throw error;
        await pause(RETRY_MS);
      }
    }
  }
}

async function apply(db: Database, { name, statements }: (typeof MIGRATIONS)[number]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('statement_timeout', '60s', true), set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`,
    );
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK_KEY})`);
    await tx.execute(
      sql`create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())`,
    );
    if ((await applied(tx)).has(name)) return;
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await tx.execute(sql`insert into schema_migrations (name) values (${name})`);
  });
}
