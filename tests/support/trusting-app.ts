import { join } from 'node:path';
import { buildAppUnderTest } from './app-under-test.ts';
import { freePort } from './free-port.ts';
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

/** Limits that no test reaches by accident. */
const HIGH_LIMITS = { MCP_FAILED_AUTH_PER_MINUTE: '1000000', MCP_CALLS_PER_MINUTE: '1000000' };

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
        ...HIGH_LIMITS,
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
