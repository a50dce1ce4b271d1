import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database, OpenDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { migrate, needsMigration } from './migrate.ts';
import * as schema from './schema.ts';

/** A database in memory, for tests. */
const IN_MEMORY = 'memory://';

/**
 * Opens PostgreSQL embedded in this process, and brings its schema up to date. Creates the directory.
 *
 * @param directory - path, relative to the working directory; `memory://` for a database in memory
 * @throws {DatabaseInUseError} when another process holds the directory
 */
export async function openPglite(directory: string): Promise<OpenDatabase> {
  const inMemory = directory === IN_MEMORY;
  const path = inMemory ? IN_MEMORY : resolve(directory);
  if (!inMemory) mkdirSync(path, { recursive: true });
  const lock = inMemory ? undefined : await lockDirectory(path);
  try {
    const client = await PGlite.create(path);
    const db: Database = drizzle(client, { schema });
    if (await needsMigration(db)) await migrate(db);
    const close = async () => {
      await client.close();
      lock?.release();
    };
    return { db, of: () => db, close };
  } catch (error) {
    lock?.release();
    throw error;
  }
}
