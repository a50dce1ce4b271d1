import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behaviour } from '#dev/authkit/options.ts';
import { variables } from '#lib/config/schema.ts';
import { localEnvironment } from '#scripts/local-environment.ts';
import { type RunningProcess, startProcess, untilAnswers } from '#scripts/processes.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { APP_UNDER_TEST } from './app-under-test.ts';
import { freePort } from './free-port.ts';

const OTHERS = ['APP_URL', 'MCP_ALLOWED_ORIGINS', 'VERCEL', 'VERCEL_ENV', 'VERCEL_URL'];

/**
 * What a process under test inherits from this machine: how to find programs and files, and every variable of the
 * app as empty, so that neither the shell nor a `.env` file of a developer reaches a test.
 */
export function testEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS } = process.env;
  const blank = [...Object.keys(variables.shape), ...OTHERS].map((name) => [name, '']);
  return { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS, ...Object.fromEntries(blank) };
}

/** Limits that no test reaches by accident; a test of a limit sets its own. */
const HIGH_LIMITS = { MCP_FAILED_AUTH_PER_MINUTE: '1000000', MCP_CALLS_PER_MINUTE: '1000000' };

/** A process under test and everything it printed so far. */
export type Started = { url: string; port: number; running: RunningProcess; logs(): string };

/** A directory of its own, and a function that removes it. */
export function temporaryDirectory(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** `next dev` compiles the proxy, the instrumentation and the path it is asked for before its first answer. */
const DEVELOPMENT_READY_MS = 240_000;

/** Starts `node` with `args`, keeps what it prints, and waits until `readyUrl` answers. */
async function start(
  name: string,
  args: string[],
  port: number,
  readyPath: string,
  env: Record<string, string | undefined>,
  readyMs?: number,
): Promise<Started> {
  const running = startProcess(
    name,
    args,
    { ...testEnvironment(), ...env },
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: string[] = [];
  for (const stream of [running.child.stdout, running.child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
  const url = `http://localhost:${port}`;
  try {
    await untilAnswers(`${url}${readyPath}`, running, readyMs);
  } catch (error) {
    await running.stop('SIGKILL');
    throw new Error(`${error instanceof Error ? error.message : error}\n${output.join('')}`);
  }
  return { url, port, running, logs: () => output.join('') };
}

/**
 * Starts local AuthKit for an app at `appUrl`. Tools of the app under test need permissions, so tokens have them unless
 * the test says otherwise. Authorization responses have no `iss`, as at WorkOS.
 */
export async function startAuthkit(options: {
  appUrl: string;
  dataDir: string;
  port?: number;
  behaviour?: Partial<Behaviour>;
  env?: Record<string, string>;
}): Promise<Started> {
  const port = options.port ?? (await freePort());
  return start('Local AuthKit', ['scripts/authkit.ts'], port, '/.well-known/oauth-authorization-server', {
    AUTHKIT_PORT: String(port),
    AUTHKIT_DATA_DIR: options.dataDir,
    APP_URL: options.appUrl,
    AUTHKIT_BEHAVIOUR: JSON.stringify({ claims: 'permissions', issInResponse: false, ...options.behaviour }),
    ...options.env,
  });
}

/** The arguments that `npm start` gives to `next`. */
const START = packageJson.scripts.start.split(' ').slice(1);

/**
 * Starts one instance of the app under test, which must have been built.
 *
 * @param options.develop - a copy of the repository to run with `next dev` instead
 * @param options.directory - where the build is; that of the app under test by default
 * @param options.appPort - port in `APP_URL`; instances behind one public address share it
 * @param options.port - port to listen on, `appPort` by default
 * @param options.env - variables besides those of a local run, or instead of them
 */
export async function startApp(options: {
  appPort: number;
  authkitPort: number;
  dataDir: string;
  port?: number;
  env?: Record<string, string>;
  develop?: string;
  directory?: string;
}): Promise<Started> {
  const { appPort, authkitPort, dataDir, port = appPort, develop, directory = APP_UNDER_TEST } = options;
  const what = develop === undefined ? [...START, directory] : ['dev', develop];
  const args = ['node_modules/next/dist/bin/next', ...what, '-p', String(port), '-H', '127.0.0.1'];
  const variables = {
    ...localEnvironment({ appPort, authkitPort, dataDir }),
    PORT: String(port),
    DATABASE_URL: `pglite:${join(dataDir, 'pglite')}`,
    LOG_FORMAT: 'json',
    NODE_ENV: develop === undefined ? 'production' : 'development',
    ...HIGH_LIMITS,
    ...options.env,
  };
  const readyMs = develop === undefined ? undefined : DEVELOPMENT_READY_MS;
  return start('The app', args, port, '/health/ready', variables, readyMs);
}
