import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { BENCH_APP, EMPTY_APP, NEXT } from './app.ts';
import { type Measured, startMeasured } from './measured-process.ts';

/** Variables that no run changes: limits that load does not reach, and secrets of nothing. */
const SETTINGS = {
  WORKOS_API_KEY: 'sk_test_bench',
  WORKOS_CLIENT_ID: 'client_bench',
  WORKOS_COOKIE_PASSWORD: 'only-for-benchmarks-0123456789-abc',
  MCP_CALLS_PER_MINUTE: '100000000',
  MCP_FAILED_AUTH_PER_MINUTE: '1000000',
  LOG_FORMAT: 'json',
};

/** What `npm start` runs, without `next`. */
const START = packageJson.scripts.start.split(' ').slice(1);

/**
 * Starts the build of the benchmark.
 *
 * @param env - variables besides the usual ones, or instead of them; `APP_URL`, `AUTHKIT_DOMAIN` and `DATABASE_URL` are needed
 */
export function launchBuild(name: string, port: number, env: Record<string, string>): Measured {
  return launch(name, port, [...START, BENCH_APP], { ...SETTINGS, PORT: String(port), ...env });
}

/** Starts the empty app as its owner would. */
export function launchEmptyApp(port: number, env: Record<string, string>): Measured {
  return launch('empty-app', port, ['start', EMPTY_APP], env);
}

/** Starts a function of Vercel's build output, with the arguments of `function-server.ts`. */
export function launchFunction(
  name: string,
  port: number,
  args: readonly string[],
  env: Record<string, string>,
): Measured {
  const file = join(import.meta.dirname, 'function-server.ts');
  const variables = { ...SETTINGS, NODE_ENV: 'production', PORT: String(port), ...env };
  return startMeasured(name, [file, ...args], `http://localhost:${port}`, variables);
}

function launch(name: string, port: number, command: readonly string[], env: Record<string, string>) {
  const args = [NEXT, ...command, '-p', String(port), '-H', '127.0.0.1'];
  return startMeasured(name, args, `http://localhost:${port}`, env);
}
