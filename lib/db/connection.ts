import { config, type DatabaseConfig } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';
import type { Database, OpenDatabase } from './database.ts';

/**
 * Opens a database and brings its schema up to date. Only the driver that is asked for is loaded.
 *
 * @throws {DatabaseInUseError} when another process holds the directory of a PGlite database
 */
export async function openDatabase(database: DatabaseConfig): Promise<OpenDatabase> {
  if (database.kind === 'postgres') return (await import('./postgres.ts')).openPostgres(database.url);
  return (await import('./pglite.ts')).openPglite(database.directory);
}

/** After a failed attempt to open, the next one waits this long, milliseconds: no storm of connections. */
const REOPEN_AFTER = 250;

type State = { open?: Promise<OpenDatabase>; failed?: { at: number; error: unknown } };

const state = perProcess('db', (): State => ({}));

/**
 * The database of this process, migrated: opened at the first use, one for all bundles of the process. A
 * failure is not remembered for longer than a moment, so that a database that comes back is found.
 */
export async function db(): Promise<Database> {
  const current = state();
  if (current.open === undefined) {
    const { failed } = current;
    if (failed !== undefined && Date.now() - failed.at < REOPEN_AFTER) throw failed.error;
    const opening = openDatabase(config().database);
    current.open = opening;
    opening.catch((error: unknown) => {
      if (current.open === opening) delete current.open;
      current.failed = { at: Date.now(), error };
    });
  }
  return (await current.open).db;
}

/** Closes the database of this process, if it is open; the next use opens it again. */
export async function closeDatabase(): Promise<void> {
  const current = state();
  const { open } = current;
  delete current.open;
  if (open !== undefined) await (await open).close();
}
