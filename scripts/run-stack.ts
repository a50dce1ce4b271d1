import nextEnv from '@next/env';
import { ConfigError, parseConfig } from '#lib/config/env.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { localEnvironment, replacedVariables } from './local-environment.ts';
import {
  type Environment,
  portFrom,
  type RunningProcess,
  requireFreePort,
  StartError,
  serveBothLoopbacks,
  startProcess,
  untilAnswers,
} from './processes.ts';
import { buildIfStale } from './production-build.ts';

const NEXT = 'node_modules/next/dist/bin/next';

/** Exit codes that shells give to processes that a signal ended. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The ports, and the variables of the app. `authkitPort` is undefined when WorkOS is configured. */
function plan(env: Environment): { appPort: number; authkitPort: number | undefined; appEnv: Environment } {
  const appPort = portFrom(env, 'PORT', 3000);
  if (env.WORKOS_API_KEY)
    return { appPort, authkitPort: undefined, appEnv: { ...env, PORT: String(appPort) } };
  const authkitPort = portFrom(env, 'AUTHKIT_PORT', 4100);
  const replaced = replacedVariables(env);
  if (replaced.length > 0)
    console.error(
      `WORKOS_API_KEY is not set, so local AuthKit runs and these are ignored: ${replaced.join(', ')}.`,
    );
  return { appPort, authkitPort, appEnv: { ...env, ...localEnvironment({ appPort, authkitPort }) } };
}

/**
 * Runs the app, and local AuthKit unless `WORKOS_API_KEY` is set, until one of them ends or a signal arrives. Prints
 * `ready <app url>` on stdout when both answer, and everything else on stderr.
 *
 * @param mode - `start` runs the production build, and builds first if it is stale; `dev` runs `next dev`
 */
export async function runStack(mode: 'start' | 'dev'): Promise<never> {
  const running: RunningProcess[] = [];
  const servers: RunningProcess[] = [];
  const serve = (...args: Parameters<typeof startProcess>) => {
    const server = startProcess(...args);
    running.push(server);
    servers.push(server);
    return server;
  };
  let stopping = false;
  const stopAll = async (signal?: NodeJS.Signals) => {
    stopping = true;
    // The app ends first: requests that it still serves may need AuthKit.
    for (const each of running.toReversed()) await each.stop(signal);
  };
  const exit = async (code: number) => {
    await stopAll();
    process.exit(code);
  };
  for (const [signal, code] of Object.entries(EXIT_CODES))
    process.on(signal, () => {
      if (!stopping) void exit(code);
    });
  stopWithNpm(() => void exit(EXIT_CODES.SIGTERM));

  try {
    const { combinedEnv } = nextEnv.loadEnvConfig(process.cwd(), mode === 'dev', {
      info() {},
      error: console.error,
    });
    const { appPort, authkitPort, appEnv } = plan(combinedEnv);
    const { appUrl } = parseConfig(appEnv);
    await requireFreePort(appPort, 'PORT');
    if (authkitPort !== undefined) await requireFreePort(authkitPort, 'AUTHKIT_PORT');
    if (mode === 'start') await buildIfStale({ onStart: (build) => running.push(build) });

    if (authkitPort !== undefined) {
      const env = { ...combinedEnv, APP_URL: appUrl, AUTHKIT_PORT: String(authkitPort) };
      const authkit = serve('Local AuthKit', ['scripts/authkit.ts'], env);
      await untilAnswers(`http://localhost:${authkitPort}/.well-known/oauth-authorization-server`, authkit);
    }
    // Next prints the host name that it gets here, and only `localhost` is the host of APP_URL.
    const loopback = isLoopback(new URL(appUrl)) ? ['-H', 'localhost'] : [];
    const app = serve('The app', [NEXT, mode, '-p', String(appPort), ...loopback], {
      ...appEnv,
      NODE_ENV: mode === 'dev' ? 'development' : 'production',
    });
    await untilAnswers(`http://localhost:${appPort}/health/ready`, app);
    if (loopback.length > 0) await serveBothLoopbacks(appPort);
    if (!stopping) process.stdout.write(`ready ${appUrl}\n`);

    const first = await Promise.race(servers.map(async ({ name, ended }) => ({ name, how: await ended })));
    if (!stopping) throw new StartError(`${first.name} ended unexpectedly (${first.how}).`);
  } catch (error) {
    if (!stopping) {
      const expected = error instanceof StartError || error instanceof ConfigError;
      console.error(expected ? error.message : error);
      await exit(1);
    }
  }
  // The handler of the signal ends this process when the others have ended.
  return new Promise<never>(() => {});
}

/** npm does not always pass a signal on. When it has ended, the parent of this process changes. */
function stopWithNpm(stop: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}
