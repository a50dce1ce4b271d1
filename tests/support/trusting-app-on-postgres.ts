import { startPostgres, type TestPostgres } from './postgres.ts';
import { startTrustingApp, type TrustingApp } from './trusting-app.ts';

/** The product as it is deployed, with a PostgreSQL of its own. */
export type TrustingAppOnPostgres = TrustingApp & {
  postgres: TestPostgres;
  /** Connection string of the database that the app uses. */
  databaseUrl: string;
  /** Runs one statement as the superuser in that database. */
  query(text: string): Promise<Record<string, unknown>[]>;
};

/**
 * Starts a PostgreSQL and one instance of the app that uses it; `stop` ends both.
 *
 * @param env - variables of the app besides those of a local run
 */
export async function startTrustingAppOnPostgres(
  env: Record<string, string> = {},
): Promise<TrustingAppOnPostgres> {
  const postgres = await startPostgres();
  try {
    const databaseUrl = await postgres.createDatabase();
    const app = await startTrustingApp({ ...env, DATABASE_URL: databaseUrl });
    return {
      ...app,
      postgres,
      databaseUrl,
      query: (text) => postgres.query(databaseUrl, text),
      async stop() {
        await app.stop();
        await postgres.close();
      },
    };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}
