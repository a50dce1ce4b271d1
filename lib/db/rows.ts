import type { SQL } from 'drizzle-orm';
import type { Database } from './database.ts';

/** Runs a statement and returns its rows, which `T` describes; both drivers return them in the same form. */
export async function rows<T>(db: Database, statement: SQL): Promise<T[]> {
  return ((await db.execute(statement)) as unknown as { rows: T[] }).rows;
}
