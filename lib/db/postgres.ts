import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { log } from '#lib/observability/log.ts';
import type { Database, OpenDatabase } from './database.ts';
import { databaseErrorCode } from './errors.ts';
import { migrate, needsMigration } from './migrate.ts';
import * as schema from './schema.ts';

/** Milliseconds. The server gives up a statement first; the client's own limit is for a server that is gone. */
const STATEMENT_TIMEOUT = 5_000;
const QUERY_TIMEOUT = 6_000;
const CONNECT_TIMEOUT = 3_000;
const MIGRATION_TIMEOUT = 90_000;
const MAX_CONNECTIONS = 10;

/** Opens PostgreSQL behind a bounded pool and brings its schema up to date. */
export async function openPostgres(url: string): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'mcp-authkit-starter',
    // Not as a connection parameter: poolers such as PgBouncer refuse connections that carry it.
    onConnect: (client) => client.query(`set statement_timeout = ${STATEMENT_TIMEOUT}`),
  });
  // An idle connection that the server closed must not end the process.
  pool.on('error', (error) => log('warn', 'database.connection_lost', { reason: databaseErrorCode(error) }));
  const db: Database = drizzle(pool, { schema });
  try {
    if (await needsMigration(db)) await migrateAlone(url);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { db, close: () => pool.end() };
}

async function migrateAlone(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: MIGRATION_TIMEOUT,
  });
  client.on('error', (error) =>
    log('warn', 'database.connection_lost', { reason: databaseErrorCode(error) }),
  );
  await client.connect();
  try {
    await migrate(drizzle(client, { schema }));
  } finally {
    await client.end();
  }
}
