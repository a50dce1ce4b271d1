import { join } from 'node:path';
import { buildIfStale } from '../../scripts/production-build.ts';
import { freePort } from './free-port.ts';
import { type Started, startApp, temporaryDirectory } from './processes.ts';
import { startIssuer, type TestIssuer } from './tokens.ts';

/** The product as it is deployed, trusting an issuer whose key the test holds. */
export type TrustingApp = {
  appUrl: string;
  issuer: TestIssuer;
  app: Started;
  /** Everything the app printed so far. */
  logs(): string;
  stop(): Promise<void>;
};

/** Limits that no test reaches by accident. */
const ROOMY = { MCP_FAILED_AUTH_PER_MINUTE: '1000000', MCP_CALLS_PER_MINUTE: '1000000' };

/**
 * Builds the app if that is needed and starts one instance of it. The WorkOS API is where nothing answers.
 *
 * @param env - variables of the app besides those of a local run
 */
export async function startTrustingApp(env: Record<string, string> = {}): Promise<TrustingApp> {
  await buildIfStale({ quiet: true });
  const data = temporaryDirectory('mcp-authkit-trusting');
  const [appPort, nowhere] = [await freePort(), await freePort()];
  const appUrl = `http://localhost:${appPort}`;
  const issuer = await startIssuer({ APP_URL: appUrl });
  const stop = async (app?: Started) => {
    await app?.running.stop();
    await issuer.close();
    data.remove();
  };
  try {
    const app = await startApp({
      appPort,
      authkitPort: nowhere,
      dataDir: data.path,
      env: {
        ...ROOMY,
        AUTHKIT_DOMAIN: issuer.url,
        DATABASE_URL: `pglite:${join(data.path, 'pglite')}`,
        ...env,
      },
    });
    return { appUrl, issuer, app, logs: app.logs, stop: () => stop(app) };
  } catch (error) {
    await stop();
    throw error;
  }
}
