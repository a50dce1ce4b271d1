import { join } from 'node:path';
import { buildAppUnderTest } from './app-under-test.ts';
import { freePort } from './free-port.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { type Started, startApp, temporaryDirectory } from './processes.ts';
import { startIssuer, type TestIssuer } from './tokens.ts';

type Env = Record<string, string>;

/** The product as it is deployed, trusting an issuer whose key the test holds. */
export type TrustingApp = {
  appUrl: string;
  issuer: TestIssuer;
  app: Started;
  /** Everything that all instances printed so far. */
  logs(): string;
  /** Starts another instance with the same `APP_URL`, on a port of its own; they need a database to share. */
  startInstance(env?: Env): Promise<Started>;
  /** Starts an instance on the first one's port, after a test ended that. */
  restart(): Promise<Started>;
  /** Kills the instance on the first one's port, as a crash would, and starts another there. */
  restartAfterKill(): Promise<Started>;
  stop(): Promise<void>;
};

/**
 * Builds the app if that is needed and starts one instance of it. Its database is a PGlite of its own unless `env`
 * says otherwise.
 *
 * @param env - variables of the app besides those of a local run
 * @param options.workosPort - where the WorkOS API is; by default where nothing answers
 * @param options.prepare - called with the issuer before the app starts
 */
export async function startTrustingApp(
  env: Env = {},
  options: { workosPort?: number; prepare?: (issuer: TestIssuer) => void } = {},
): Promise<TrustingApp> {
  await buildAppUnderTest();
  const data = temporaryDirectory('mcp-authkit-trusting');
  const appPort = await freePort();
  const workosPort = options.workosPort ?? (await freePort());
  const appUrl = `http://localhost:${appPort}`;
  const issuer = await startIssuer({ APP_URL: appUrl });
  options.prepare?.(issuer);
  const instances: Started[] = [];
  const stop = async () => {
    await Promise.all(instances.map(({ running }) => running.stop()));
    await issuer.close();
    data.remove();
  };
  const start = async (port: number, more: Env = {}) => {
    const instance = await startApp({
      appPort,
      authkitPort: workosPort,
      dataDir: data.path,
      port,
      env: {
        AUTHKIT_DOMAIN: issuer.url,
        DATABASE_URL: `pglite:${join(data.path, 'pglite')}`,
        ...env,
        ...more,
      },
    });
    instances.push(instance);
    return instance;
  };
  try {
    const app = await start(appPort);
    let first = app;
    const restart = async () => {
      first = await start(appPort);
      return first;
    };
    return {
      appUrl,
      issuer,
      app,
      logs: () => instances.map(({ logs }) => logs()).join('\n'),
      startInstance: async (more) => start(await freePort(), more),
      restart,
      async restartAfterKill() {
        await first.running.stop('SIGKILL');
        return restart();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

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
