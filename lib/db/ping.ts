import { sql } from 'drizzle-orm';
import { db } from './connection.ts';

/** @throws when the database does not answer a query */
export async function pingDatabase(): Promise<void> {
  await (await db('background')).execute(sql`select 1`);
}
