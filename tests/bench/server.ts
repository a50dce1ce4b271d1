import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, untilAnswers } from '../../scripts/processes.ts';
import { freePort } from '../support/free-port.ts';
import { startIssuer, type TestIssuer } from '../support/tokens.ts';
import { BENCH_APP, NEXT } from './app.ts';

export type BenchServer = {
  url: string;
  issuer: TestIssuer;
  pid: number;
  /** Milliseconds from starting the process to its first answered call. */
  startMs: number;
  stop(): Promise<void>;
};

/** Starts the build of the benchmark, trusting an issuer of our own, with limits that load does not reach. */
export async function startBenchServer(env: Record<string, string> = {}): Promise<BenchServer> {
  const port = await freePort();
  const appUrl = `http://localhost:${port}`;
  const issuer = await startIssuer({ APP_URL: appUrl });
  const data = join(BENCH_APP, '.data');
  rmSync(data, { recursive: true, force: true });
  const startedAt = performance.now();
  const app = startProcess(
    'The app',
    [NEXT, 'start', BENCH_APP, '-p', String(port), '-H', '127.0.0.1'],
    {
      PATH: process.env.PATH,
      PORT: String(port),
      APP_URL: appUrl,
      AUTHKIT_DOMAIN: issuer.url,
      WORKOS_API_KEY: 'sk_test_bench',
      WORKOS_CLIENT_ID: 'client_bench',
      WORKOS_COOKIE_PASSWORD: 'only-for-benchmarks-0123456789-abc',
      DATABASE_URL: `pglite:${join(data, 'pglite')}`,
      MCP_CALLS_PER_MINUTE: '100000000',
      MCP_FAILED_AUTH_PER_MINUTE: '1000000',
      LOG_FORMAT: 'json',
      ...env,
    },
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
  await untilAnswers(`${appUrl}/health/ready`, app);
  return {
    url: appUrl,
    issuer,
    pid: app.child.pid ?? 0,
    startMs: performance.now() - startedAt,
    async stop() {
      await app.stop();
      await issuer.close();
    },
  };
}

/** Access tokens of as many connections, valid for half a day. */
export async function makeTokens(issuer: TestIssuer, count: number): Promise<string[]> {
  const exp = Math.floor(Date.now() / 1000) + 12 * 3600;
  const tokens: string[] = [];
  for (let index = 0; index < count; index++)
    tokens.push(
      await issuer.token({
        sub: `user_${index % 1000}`,
        client_id: `https://client-${index}.example/id.json`,
        scope: 'openid profile',
        exp,
      }),
    );
  return tokens;
}
