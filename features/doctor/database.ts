import type { Finding } from '#lib/checks/finding.ts';
import type { DatabaseConfig } from '#lib/config/env.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { MIGRATIONS } from '#lib/db/migrations.ts';
import { connectionOptions } from '#lib/db/tls.ts';
import { checkDatabase } from './check-database.ts';
import { REFERENCES } from './references.ts';

/** A database that scales to zero takes seconds to wake. */
const TIMEOUT_MS = 5_000;
const UNDEFINED_TABLE = '42P01';

/** Checks that PostgreSQL answers and that its schema is that of this build. Changes nothing in it. */
export async function databaseFindings(database: DatabaseConfig): Promise<Finding[]> {
  // The embedded database serves one process, which is the app.
  if (database.kind === 'pglite') return [];
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    ...connectionOptions(database),
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  const applied = new Set<string>();
  const finding = await checkDatabase(async () => {
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
      for (const { name } of rows) applied.add(name);
    } catch (error) {
      if (databaseErrorCode(error) !== UNDEFINED_TABLE) throw error;
    }
  }, TIMEOUT_MS);
  await client.end().catch(() => undefined);
  if (finding.severity === 'error') return [finding];
  const pending = MIGRATIONS.filter(({ name }) => !applied.has(name)).length;
  if (pending === 0) return [];
  return [
    {
      id: 'migrations-pending',
      severity: 'note',
      title: 'The database has an older schema',
      observed: `${pending} of ${MIGRATIONS.length} migrations are not applied.`,
      fix: 'The app applies them when it starts, if its database user may create tables. Nothing else to do.',
      reference: REFERENCES.deploying,
    },
  ];
}
