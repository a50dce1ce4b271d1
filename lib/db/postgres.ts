import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { log } from '#lib/observability/log.ts';
import type { Database, OpenDatabase } from './database.ts';
import { databaseErrorCode } from './errors.ts';
import { migrate, needsMigration } from './migrate.ts';
import * as schema from './schema.ts';

/** The server cancels a statement first; the timeout of the client is for a server that is gone. */
const STATEMENT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 6_000;
const CONNECT_TIMEOUT_MS = 3_000;
const MIGRATION_TIMEOUT_MS = 90_000;
const MAX_CONNECTIONS = 10;

/** Opens a bounded pool of connections to PostgreSQL and brings the schema up to date. */
export async function openPostgres(url: string): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'mcp-authkit-starter',
    // Not as a connection parameter: poolers such as PgBouncer refuse it.
    onConnect: (client) => client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`),
  });
  // Without this listener, an idle connection that the server closes would end the process.
  pool.on('error', (error) => log('warn', 'database.connection_lost', { reason: databaseErrorCode(error) }));
  const db: Database = drizzle(pool, { schema });
  try {
    if (await needsMigration(db)) await migrateOnOwnConnection(url);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { db, close: () => pool.end() };
}

async function migrateOnOwnConnection(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: MIGRATION_TIMEOUT_MS,
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
