import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** Either PostgreSQL or PGlite: the same SQL and the same schema. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/**
 * The purpose of statements. With PostgreSQL each has connections of its own, so that slow tools can take them neither
 * from the pages nor from the checks of other calls.
 */
export type DatabaseUse = 'calls' | 'pages' | 'revocation' | 'background';

export type OpenDatabase = {
  /** For any purpose. */
  db: Database;
  of(use: DatabaseUse): Database;
  close(): Promise<void>;
};
