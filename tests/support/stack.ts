import { join } from 'node:path';
import type { Behaviour } from '#dev/authkit/options.ts';
import { buildIfStale } from '#scripts/production-build.ts';
import { buildAppUnderTest } from './app-under-test.ts';
import { freePort } from './free-port.ts';
import { type Started, startApp, startAuthkit, temporaryDirectory } from './processes.ts';

/** The product as it is deployed, local AuthKit beside it, and a directory of its own for their data. */
export type Stack = {
  appUrl: string;
  authkitUrl: string;
  /** The first instance, as it runs now. */
  readonly app: Started;
  authkit: Started;
  /** Where their data is: `pglite` is the app's database unless `DATABASE_URL` is set. */
  dataDir: string;
  /** Everything that both processes and all further instances printed so far. */
  logs(): string;
  /**
   * Starts another instance of the app with the same `APP_URL`, listening on a port of its own. It needs a
   * database that instances can share, so both get `DATABASE_URL` through `env`.
   */
  startInstance(env?: Record<string, string>): Promise<Started>;
  /** Ends the first instance, if it still runs, and starts it again with the same port and data. */
  restartApp(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Builds the app if that is needed and starts a stack on free ports.
 *
 * @param options.env - variables of the app besides those of a local run
 * @param options.behaviour - how local AuthKit differs from its defaults
 * @param options.webhookSecret - signs webhooks from local AuthKit to the app; none are sent without it
 * @param options.product - run the product itself instead of the app under test
 * @param options.ports - where both listen, instead of ports that are free
 */
export async function startStack(
  options: {
    env?: Record<string, string>;
    behaviour?: Partial<Behaviour>;
    webhookSecret?: string;
    product?: boolean;
    ports?: { app: number; authkit: number };
  } = {},
): Promise<Stack> {
  await (options.product ? buildIfStale({ quiet: true }) : buildAppUnderTest());
  const data = temporaryDirectory('mcp-authkit-starter');
  const { app: appPort, authkit: authkitPort } = options.ports ?? {
    app: await freePort(),
    authkit: await freePort(),
  };
  const appUrl = `http://localhost:${appPort}`;
  const secret = options.webhookSecret ? { WORKOS_WEBHOOK_SECRET: options.webhookSecret } : undefined;
  const everything: Started[] = [];
  const keep = (started: Started) => {
    everything.push(started);
    return started;
  };
  const stop = async () => {
    await Promise.all(everything.map(({ running }) => running.stop()));
    data.remove();
  };
  const instance = async (port: number, env: Record<string, string> = {}) =>
    keep(
      await startApp({
        appPort,
        authkitPort,
        dataDir: data.path,
        port,
        ...(options.product && { directory: '.' }),
        env: { ...secret, ...options.env, ...env },
      }),
    );
  try {
    const authkit = keep(
      await startAuthkit({
        appUrl,
        dataDir: join(data.path, 'authkit'),
        port: authkitPort,
        behaviour: options.behaviour,
        env: secret,
      }),
    );
    let app = await instance(appPort);
    return {
      appUrl,
      authkitUrl: authkit.url,
      get app() {
        return app;
      },
      authkit,
      dataDir: data.path,
      logs: () => everything.map(({ logs }) => logs()).join('\n'),
      startInstance: async (env) => instance(await freePort(), env),
      async restartApp() {
        await app.running.stop();
        app = await instance(appPort);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
