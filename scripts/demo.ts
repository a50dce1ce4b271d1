import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAuthkit } from '#dev/authkit/server.ts';
import { type OneCall, playOneCall, readOneCall } from './demo/one-call.ts';
import { demonstrate } from './demo/scenarios.ts';
import { localEnvironment } from './local-environment.ts';
import { StartError, startProcess, untilAnswers } from './processes.ts';
import { buildIfStale, isAlive } from './production-build.ts';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Next allows one `next dev` in a directory. While one is running, the demo uses a production build instead. */
async function chooseMode(): Promise<'dev' | 'start'> {
  const lock = '.next/dev/lock';
  const holder = existsSync(lock) ? /"pid":\s*(\d+)/.exec(readFileSync(lock, 'utf8'))?.[1] : undefined;
  if (holder === undefined || !isAlive(Number(holder))) return 'dev';
  process.stdout.write('`npm run dev` is running, so the demo uses a production build.\n');
  await buildIfStale({ quiet: true });
  return 'start';
}

/** Starts the app and local AuthKit with temporary data, plays the demo or one call, and stops both. */
async function run(directory: string, oneCall: OneCall | undefined): Promise<void> {
  const [appPort, authkitPort] = [await freePort(), await freePort()];
  const env = localEnvironment({ appPort, authkitPort, dataDir: directory });
  const appUrl = String(env.APP_URL);
  const authkit = await startAuthkit({
    port: authkitPort,
    appUrl,
    dataDir: join(directory, 'authkit'),
  });
  const output = join(directory, 'app.log');
  const stdio = openSync(output, 'w');
  const mode = await chooseMode();
  const next = ['node_modules/next/dist/bin/next', mode, '-p', String(appPort), '-H', '127.0.0.1'];
  const database = `pglite:${join(directory, 'pglite')}`;
  const app = startProcess(
    'The app',
    next,
    {
      ...process.env,
      ...env,
      DATABASE_URL: database,
      NODE_ENV: mode === 'dev' ? 'development' : 'production',
    },
    {
      stdio: ['ignore', stdio, stdio],
    },
  );
  // The app must end with the demo, also after Ctrl-C or a closed pipe.
  process.once('exit', () => app.child.kill('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  process.stdout.once('error', () => process.exit(1));
  try {
    await untilAnswers(`${appUrl}/health/ready`, app);
    if (oneCall !== undefined) await playOneCall(`${appUrl}/mcp`, oneCall);
    else await demonstrate(`${appUrl}/mcp`, authkit.url);
  } catch (error) {
    if (error instanceof StartError && app.child.exitCode === null) throw error;
    process.stderr.write(`\nOutput of the app:\n${readFileSync(output, 'utf8')}\n`);
    throw error;
  } finally {
    await app.stop();
    await authkit.close();
  }
}

const directory = mkdtempSync(join(tmpdir(), 'mcp-demo-'));
process.stdout.write('Starting the app and a local AuthKit…\n');
try {
  await run(directory, readOneCall(process.argv.slice(2)));
  process.stdout.write('\nEverything worked. `npm run dev` starts the same two for your browser.\n');
} catch (error) {
  process.stderr.write(
    `\n${error instanceof StartError ? error.message : error instanceof Error ? (error.stack ?? error.message) : error}\n`,
  );
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
