import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import type { Database, DatabaseUse, OpenDatabase } from './database.ts';
import { databaseErrorCode } from './errors.ts';
import { migrate, needsMigration } from './migrate.ts';
import * as schema from './schema.ts';
import { connectionOptions } from './tls.ts';

/** The server cancels a statement first. The timeout of the client is for poolers, and for a server that is gone. */
const STATEMENT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 6_000;
const CONNECT_TIMEOUT_MS = 3_000;
const MIGRATION_TIMEOUT_MS = 90_000;
/** Most connections of a process for each use. */
const MAX_CONNECTIONS: Record<DatabaseUse, number> = { calls: 6, pages: 4, revocation: 2, background: 2 };
/** SQLSTATEs with which a pooler refuses a connection parameter that it does not know. */
const PARAMETER_REFUSED = new Set(['08P01', '0A000', '22023', '42704']);

/**
 * Opens a bounded pool of connections to PostgreSQL for each use, and brings the schema up to date. Works behind a
 * pooler in transaction mode: nothing is set for a session.
 */
export async function openPostgres(database: Parameters<typeof connectionOptions>[0]): Promise<OpenDatabase> {
  const connection = { ...connectionOptions(database), connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
  // A connection parameter, because `set` would stay on a connection that a pooler gives to others.
  const withTimeout = { ...connection, statement_timeout: STATEMENT_TIMEOUT_MS };
  const options = (await prepare(withTimeout)) ? withTimeout : connection;
  if (options === connection) await prepare(connection);
  const pools = (Object.keys(MAX_CONNECTIONS) as DatabaseUse[]).map(
    (use) => [use, openPool({ ...options, max: MAX_CONNECTIONS[use] })] as const,
  );
  const databases = new Map(pools.map(([use, pool]) => [use, databaseOn(pool)]));
  const of = (use: DatabaseUse) => databases.get(use) as Database;
  return {
    db: of('pages'),
    of,
    close: async () => void (await Promise.all(pools.map(([, pool]) => pool.end()))),
  };
}

/**
 * Migrates, if that is necessary, on a connection of its own.
 *
 * @returns false when a pooler refuses the parameters of the connection
 */
async function prepare(options: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...options, query_timeout: MIGRATION_TIMEOUT_MS });
  client.on('error', reportLostConnection);
  try {
    await client.connect();
  } catch (error) {
    if (options.statement_timeout !== undefined && PARAMETER_REFUSED.has(databaseErrorCode(error)))
      return false;
    throw error;
  }
  try {
    const db = drizzle(client, { schema });
    const outdated = await withDeadline(needsMigration(db), QUERY_TIMEOUT_MS, () => {
      throw new Error('The database did not answer in time.');
    });
    if (outdated) await migrate(db);
    return true;
  } finally {
    // Not awaited: a server that is gone does not confirm the end.
    void client.end();
  }
}

function openPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...options,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'mcp-authkit-starter',
  });
  // Without these listeners, a connection that is lost while idle, or in a transaction, would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', reportLostConnection));
  return pool;
}

function reportLostConnection(error: Error): void {
  log('warn', 'database.connection_lost', { reason: databaseErrorCode(error) });
}

function databaseOn(pool: pg.Pool): Database {
  const db: Database = drizzle(pool, { schema });
  db.transaction = (work) => inTransaction(pool, work);
  return db;
}

/**
 * Replaces drizzle's `transaction`, which keeps a connection forever when `begin` fails, and returns one to the pool that
 * still waits for an answer. Its limits end with the transaction: a process that is frozen in it releases its locks.
 */
async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: Parameters<Parameters<Database['transaction']>[0]>[0]) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    const db: Database = drizzle(client, { schema });
    const result = await db.transaction(async (tx) => {
      await tx.execute(
        sql`select set_config('statement_timeout', ${`${STATEMENT_TIMEOUT_MS}`}, true),
                   set_config('idle_in_transaction_session_timeout', ${`${STATEMENT_TIMEOUT_MS}`}, true)`,
      );
      return await work(tx);
    });
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
