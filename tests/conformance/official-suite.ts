import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '#tests/support/processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SUITE = 'node_modules/@modelcontextprotocol/conformance/dist/index.js';

/** Revisions of the protocol that the suite knows, oldest first. */
export const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** `not applicable`: the scenario ran and found nothing that it could judge. */
export type Verdict = 'passed' | 'failed' | 'warned' | 'not applicable';
export type Outcome = {
  verdict: Verdict;
  /** Single checks that passed. */
  passed: number;
  /** What did not pass, in the suite's words. */
  problems: string[];
};

type Check = {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
  errorMessage?: string;
  details?: { message?: string };
};

type Finished = { output: string; code: number | null };

/**
 * Runs a command of the suite.
 *
 * @param onOutput - sees everything printed so far, each time something is printed
 */
function runSuite(
  args: readonly string[],
  onOutput?: (printed: string, child: ChildProcess) => void,
): Promise<Finished> {
  const child = spawn(process.execPath, [SUITE, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      onOutput?.(output, child);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ output, code }));
  });
}

function judge(checks: readonly Check[]): Outcome {
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const problems = checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ id, errorMessage, details }) => `${id}: ${errorMessage ?? details?.message ?? 'no message'}`);
  const passed = count('SUCCESS');
  if (count('FAILURE') > 0) return { verdict: 'failed', passed, problems };
  if (count('WARNING') > 0) return { verdict: 'warned', passed, problems };
  return { verdict: passed > 0 ? 'passed' : 'not applicable', passed, problems };
}

/**
 * Runs scenarios and reads what the suite wrote about each.
 *
 * @param args - the command with its options, without `--output-dir`
 * @returns outcomes by scenario, in the order they were run
 */
export async function runScenarios(
  args: readonly string[],
  onOutput?: (printed: string, child: ChildProcess) => void,
): Promise<Map<string, Outcome>> {
  const results = temporaryDirectory('official-suite');
  try {
    await runSuite([...args, '--output-dir', results.path], onOutput);
    const outcomes = new Map<string, Outcome>();
    for (const directory of readdirSync(results.path)) {
      const [, scenario] = /^(?:authorization-)?server-(.+?)-\d{4}-\d{2}-\d{2}T/.exec(directory) ?? [];
      const checks = JSON.parse(
        readFileSync(join(results.path, directory, 'checks.json'), 'utf8'),
      ) as Check[];
      if (scenario) outcomes.set(scenario, judge(checks));
    }
    return outcomes;
  } finally {
    results.remove();
  }
}

/** Scenarios with the revisions each applies to, extensions left out, as the suite lists them. */
export async function listScenarios(
  kind: 'server' | 'authorization',
  ...options: string[]
): Promise<{ name: string; revisions: string[] }[]> {
  const { output } = await runSuite(['list', `--${kind}`, ...options]);
  return output.split('\n').flatMap((line) => {
    const [, name, revisions] = /^\s+- (\S+) \[(.*)\]$/.exec(line) ?? [];
    return name && revisions && revisions !== 'extension' ? [{ name, revisions: revisions.split(',') }] : [];
  });
}

/** Scenarios that the frozen requirement set of a revision scores, `server` ones only. */
export async function scoredScenarios(revision: Revision): Promise<string[]> {
  const file = join(ROOT, dirname(SUITE), '..', 'requirements', `${revision}.yaml`);
  const [, section = ''] = /^server:\n((?: {2}- .*\n)+)/m.exec(readFileSync(file, 'utf8')) ?? [];
  return section.split('\n').flatMap((line) => /^ {2}- (\S+)/.exec(line)?.[1] ?? []);
}

const MARKS: Record<Verdict, string> = {
  passed: 'passed',
  failed: 'FAILED',
  warned: 'warned',
  'not applicable': 'n/a',
};

/** Scenarios of a revision that passed, of all that were run. */
function passedOf(run: ReadonlyMap<string, Outcome> = new Map()): string {
  const verdicts = [...run.values()].map(({ verdict }) => verdict);
  return `${verdicts.filter((verdict) => verdict === 'passed').length}/${verdicts.length}`;
}

type Outcomes = Partial<Record<Revision, ReadonlyMap<string, Outcome>>>;

/** The row of docs/conformance.md about `what`. */
export function documentationRow(what: string, outcomes: Outcomes): string {
  return `| ${[what, ...REVISIONS.map((revision) => passedOf(outcomes[revision]))].join(' | ')} |`;
}

/** A table of scenarios by revisions; an expected verdict other than `passed` carries an asterisk. */
export function table(
  outcomes: Outcomes,
  isExpected: (scenario: string, revision: Revision) => boolean,
): string {
  const revisions = REVISIONS.filter((revision) => outcomes[revision] !== undefined);
  const scenarios = new Set(revisions.flatMap((revision) => [...(outcomes[revision]?.keys() ?? [])]));
  const width = Math.max(...[...scenarios].map((name) => name.length));
  const rows = [...scenarios].map((name) => {
    const cells = revisions.map((revision) => {
      const outcome = outcomes[revision]?.get(name);
      if (!outcome) return '';
      return `${MARKS[outcome.verdict]}${isExpected(name, revision) ? '*' : ''}`;
    });
    return [name, ...cells];
  });
  const totals = revisions.map((revision) => passedOf(outcomes[revision]));
  return [['', ...revisions], ...rows, ['passed', ...totals]]
    .map(([name = '', ...cells]) => `${name.padEnd(width)}${cells.map((c) => c.padStart(13)).join('')}`)
    .join('\n');
}
