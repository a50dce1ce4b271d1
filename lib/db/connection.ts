import { sql } from 'drizzle-orm';
import { config, type DatabaseConfig } from '#lib/config/env.ts';
import { currentRequest } from '#lib/observability/request.ts';
import { perProcess } from '#lib/server/per-process.ts';
import type { Database, DatabaseUse, OpenDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Opens a database and brings its schema up to date. Loads the driver of this database only.
 *
 * @throws {DatabaseInUseError} when another process holds the directory of a PGlite database
 */
export async function openDatabase(database: DatabaseConfig): Promise<OpenDatabase> {
  if (database.kind === 'postgres') return (await import('./postgres.ts')).openPostgres(database);
  return (await import('./pglite.ts')).openPglite(database.directory);
}

/** After a failed attempt to open the database, the next attempt waits this long. */
const REOPEN_AFTER_MS = 250;

type State = {
  open?: Promise<OpenDatabase>;
  failed?: { at: number; error: unknown };
  /** Names of the migrations that the open database has. */
  migrations: Set<string>;
  migrating?: Promise<void>;
};

const state = perProcess('db', (): State => ({ migrations: new Set() }));

/**
 * The database of this process, migrated: opened at the first use, one for all bundles of the process. A failure is
 * remembered for {@link REOPEN_AFTER_MS} only, so that a database that comes back is found.
 *
 * @param use - selects the connections; by default those for calls while a request to `/mcp` is served, else for pages
 */
export async function db(
  use: DatabaseUse = currentRequest() === undefined ? 'pages' : 'calls',
): Promise<Database> {
  const current = state();
  if (current.open === undefined) {
    const { failed } = current;
    if (failed !== undefined && Date.now() - failed.at < REOPEN_AFTER_MS) throw failed.error;
    const opening = openDatabase(config().database);
    current.open = opening;
    current.migrations = new Set(MIGRATIONS.map(({ name }) => name));
    opening.catch((error: unknown) => {
      if (current.open === opening) delete current.open;
      current.failed = { at: Date.now(), error };
    });
  }
  const open = await current.open;
  // `next dev` reloads this module after `npm run db:generate`, while the database stays open.
  if (MIGRATIONS.some(({ name }) => !current.migrations.has(name))) await addMigrations(current, open.db);
  return open.of(use);
}

async function addMigrations(current: State, db: Database): Promise<void> {
  current.migrating ??= migrate(db)
    .then(() => {
      for (const { name } of MIGRATIONS) current.migrations.add(name);
    })
    .finally(() => {
      delete current.migrating;
    });
  await current.migrating;
}

/** Closes the database of this process, if it is open; the next use opens it again. */
export async function closeDatabase(): Promise<void> {
  const current = state();
  const { open } = current;
  delete current.open;
  if (open !== undefined) await (await open).close();
}

/** @throws when the database does not answer a query */
export const pingDatabase = async () => (await db('background')).execute(sql`select 1`);
