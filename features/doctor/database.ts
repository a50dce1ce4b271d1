import type { Finding } from '#features/discovery/finding.ts';
import type { DatabaseConfig } from '#lib/config/env.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { MIGRATIONS } from '#lib/db/migrations.ts';
import { DOCUMENTS } from './documents.ts';

/** Milliseconds that the database may take to answer. */
const TIMEOUT = 5_000;
const UNDEFINED_TABLE = '42P01';

/** Whether PostgreSQL answers, and whether its schema is that of this build. Changes nothing in it. */
export async function databaseFindings(database: DatabaseConfig): Promise<Finding[]> {
  // The embedded database serves one process, and that is the app.
  if (database.kind === 'pglite') return [];
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: database.url,
    connectionTimeoutMillis: TIMEOUT,
    query_timeout: TIMEOUT,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
    const applied = new Set(rows.map(({ name }) => name));
    return pending(MIGRATIONS.filter(({ name }) => !applied.has(name)).length);
  } catch (error) {
    const code = databaseErrorCode(error);
    if (code === UNDEFINED_TABLE) return pending(MIGRATIONS.length);
    return [
      {
        id: 'database-unreachable',
        severity: 'error',
        title: 'The database does not answer',
        seen: `DATABASE_URL (not shown): ${code}.`,
        standard: DOCUMENTS.deploying,
        fix: 'Check host, user, password and TLS of DATABASE_URL, and whether this machine may connect.',
      },
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function pending(count: number): Finding[] {
  return count === 0
    ? []
    : [
        {
          id: 'migrations-pending',
          severity: 'note',
          title: 'The database has an older schema',
          seen: `${count} of ${MIGRATIONS.length} migrations are not applied.`,
          standard: DOCUMENTS.deploying,
          fix: 'Nothing to do: the app applies them when it starts. Its user needs the right to create tables.',
        },
      ];
}
