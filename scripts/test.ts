import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAppUnderTest } from '#tests/support/app-under-test.ts';
import { coverageFigures } from './coverage-figures.ts';
import { type RunningProcess, startProcess } from './processes.ts';
import { buildIfStale, removeOldTypes } from './production-build.ts';
import { type Counts, judge, readReport } from './test-report.ts';

type Result = Counts & { note: string };
type Step = { name: string; run: () => Promise<Result> };

const reports = mkdtempSync(join(tmpdir(), 'test-reports-'));
/** Where suites say how much they covered; see tests/support/figures.ts. */
const figures = join(reports, 'figures.txt');
/** What vitest reported of each project that ran its tests. */
const vitestReports: string[] = [];
let current: RunningProcess | undefined;

/** Runs a tool quietly; what it printed is shown when it fails. */
async function tool(args: string[], env: Record<string, string> = {}): Promise<number> {
  const running = startProcess(
    args.join(' '),
    args,
    { ...process.env, NODE_ENV: undefined, TEST_FIGURES: figures, ...env },
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  current = running;
  const output: string[] = [];
  for (const stream of [running.child.stdout, running.child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
  const how = await running.ended;
  if (how !== 0) process.stderr.write(`${output.join('').trim()}\n`);
  return how === 0 ? 0 : typeof how === 'number' ? how : 1;
}

/** Tools that only say yes or no count as one check. */
async function check(...commands: string[][]): Promise<Result> {
  for (const args of commands) {
    const code = await tool(args);
    if (code !== 0) return { passed: 0, failed: 1, skipped: 0, note: `ended with exit code ${code}` };
  }
  return { passed: 1, failed: 0, skipped: 0, note: '' };
}

function vitest(project: string): Step {
  return {
    name: project,
    async run() {
      const file = join(reports, `${project}.json`);
      const code = await tool([
        'node_modules/vitest/vitest.mjs',
        'run',
        '--project',
        project,
        '--reporter=dot',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ]);
      const counts = readReport('vitest', file);
      if (counts) vitestReports.push(file);
      return judge(counts, code);
    },
  };
}

const STEPS: Step[] = [
  {
    name: 'types',
    run() {
      removeOldTypes();
      return check(
        ['node_modules/next/dist/bin/next', 'typegen'],
        ['node_modules/typescript/bin/tsc', '--noEmit'],
      );
    },
  },
  { name: 'lint', run: () => check(['node_modules/@biomejs/biome/bin/biome', 'check', '.']) },
  vitest('unit'),
  {
    name: 'build',
    async run() {
      try {
        const onStart = (build: RunningProcess) => {
          current = build;
        };
        await buildIfStale({ quiet: true, onStart });
        await buildAppUnderTest(onStart);
        return { passed: 1, failed: 0, skipped: 0, note: '' };
      } catch (error) {
        process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
        return { passed: 0, failed: 1, skipped: 0, note: 'failed' };
      }
    },
  },
  vitest('integration'),
  vitest('security'),
  vitest('conformance'),
  {
    name: 'e2e',
    async run() {
      const file = join(reports, 'e2e.json');
      const code = await tool(['node_modules/@playwright/test/cli.js', 'test', '--reporter=line,json'], {
        PLAYWRIGHT_JSON_OUTPUT_FILE: file,
      });
      return judge(readReport('playwright', file), code);
    },
  },
];

function table(rows: { name: string; result: Result; seconds: string }[]): string {
  const lines = [
    ['', 'passed', 'failed', 'skipped', 'seconds', ''],
    ...rows.map(({ name, result: r, seconds }) => [
      name,
      String(r.passed),
      String(r.failed),
      String(r.skipped),
      seconds,
      r.note,
    ]),
  ];
  return lines
    .map(([name = '', ...cells]) => {
      const note = cells.pop() ?? '';
      return `${name.padEnd(12)}${cells.map((cell) => cell.padStart(9)).join('')}  ${note}`.trimEnd();
    })
    .join('\n');
}

/** Runs every check in order, or the named ones (`npm test -- unit e2e`), and prints one table at the end. */
async function main(names: string[]): Promise<number> {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no ${unknown.join(', ')}. Choose from: ${STEPS.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  const rows: { name: string; result: Result; seconds: string }[] = [];
  for (const { name, run } of STEPS.filter((step) => names.length === 0 || names.includes(step.name))) {
    process.stdout.write(`${name} …\n`);
    const started = performance.now();
    const result = await run();
    rows.push({ name, result, seconds: ((performance.now() - started) / 1000).toFixed(1) });
  }
  const sum = (of: 'passed' | 'failed') => rows.reduce((total, { result }) => total + result[of], 0);
  process.stdout.write(`\n${table(rows)}\n`);
  if (existsSync(figures)) process.stdout.write(`\n${readFileSync(figures, 'utf8')}`);
  const covered = coverageFigures(vitestReports, process.cwd());
  if (covered.length > 0) process.stdout.write(`\n${covered.join('\n')}\n`);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, async () => {
    await current?.stop(signal);
    rmSync(reports, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(reports, { recursive: true, force: true });
}
