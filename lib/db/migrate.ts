import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { databaseErrorCode } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import { rows } from './rows.ts';

/** Key of the advisory lock on which instances wait for each other. */
const LOCK_KEY = 7_245_108_663_501n;
const UNDEFINED_TABLE = '42P01';

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
 * Brings the schema up to this build, in one transaction. Any number of instances may call it on one database at the
 * same time: a PostgreSQL advisory lock lets one migrate while the others wait and then find nothing to do.
 */
export async function migrate(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local statement_timeout = '60s'`);
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK_KEY})`);
    await tx.execute(
      sql`create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())`,
    );
    const names = await applied(tx);
    for (const { name, statements } of MIGRATIONS.filter((migration) => !names.has(migration.name))) {
      for (const statement of statements) await tx.execute(sql.raw(statement));
      await tx.execute(sql`insert into schema_migrations (name) values (${name})`);
    }
  });
}
