import { spawnSync } from 'node:child_process';
import { chmodSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, untilAnswers } from '#scripts/processes.ts';
import { freePort } from '#tests/support/free-port.ts';
import { trackedCopy } from '#tests/support/tracked-copy.ts';
import { crawl } from './crawl.ts';
import { VARIANTS, type Variant } from './variants.ts';

/** Of `npm test`; the other suites look at the same code from further away. `--full` runs all. */
const SUITES = ['types', 'lint', 'unit', 'build', 'integration'];
const READY_TIMEOUT_MS = 180_000;

type Copy = ReturnType<typeof trackedCopy>;

/** Runs a command in the copy; throws with the end of its output when it fails. */
function run(copy: Copy, command: string, ...args: string[]): string {
  const { NODE_ENV: _, ...env } = process.env;
  const result = spawnSync(command, args, {
    cwd: copy.path,
    // Without the variables of the npm that runs this.
    env: Object.fromEntries(
      Object.entries(env).filter(([name]) => !name.startsWith('npm_')),
    ) as NodeJS.ProcessEnv,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const output = `${result.stdout}${result.stderr}`;
  if (result.status !== 0) throw new Error(output.slice(-20_000));
  return output;
}

async function crawlCopy(copy: Copy): Promise<void> {
  const [PORT, AUTHKIT_PORT] = [String(await freePort()), String(await freePort())];
  const log = join(copy.path, '.data/crawl.log');
  const output = openSync(log, 'w');
  const stack = startProcess(
    'npm run local',
    ['scripts/local.ts'],
    { PATH: process.env.PATH, HOME: process.env.HOME, PORT, AUTHKIT_PORT },
    { stdio: ['ignore', output, output], cwd: copy.path },
  );
  try {
    await untilAnswers(`http://localhost:${PORT}/health/ready`, stack, READY_TIMEOUT_MS);
    const broken = await crawl(`http://localhost:${PORT}`);
    if (broken.length > 0)
      throw new Error(`${broken.join('\n')}\n${readFileSync(log, 'utf8').slice(-4_000)}`);
  } finally {
    await stack.stop();
  }
}

/** Lines of TypeScript and CSS that the owner gets in app, lib, components and features. */
function countLines(copy: Copy): number {
  const files = run(copy, 'git', 'ls-files', '--cached', '--others', '--exclude-standard').split('\n');
  return files
    .filter((file) => /^(?:app|lib|components|features)\/.*\.(?:tsx?|css)$/.test(file))
    .flatMap((file) => {
      try {
        return [readFileSync(join(copy.path, file), 'utf8').split('\n').length - 1];
      } catch {
        return [];
      }
    })
    .reduce((sum, lines) => sum + lines, 0);
}

async function test({ name, options }: Variant, suites: readonly string[]): Promise<boolean> {
  const copy = trackedCopy({ modules: 'own' });
  // PostgreSQL refuses to run as root, so tests of it run it as another user, who has to reach its program.
  chmodSync(copy.path, 0o755);
  const git = (...args: string[]) =>
    run(copy, 'git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'start');
  const steps: [string, () => unknown][] = [
    ['init', () => run(copy, process.execPath, 'scripts/init.ts', '--name', 'Acme', ...options)],
    ...suites.map((suite): [string, () => unknown] => [suite, () => run(copy, 'npm', 'test', '--', suite)]),
    ['demo', () => run(copy, 'npm', 'run', 'demo')],
    ['crawl', () => crawlCopy(copy)],
  ];
  let passed = true;
  for (const [step, action] of steps) {
    const started = performance.now();
    try {
      await action();
      const lines = step === 'init' ? `, ${countLines(copy)} lines` : '';
      console.log(`${name.padEnd(18)} ${step.padEnd(12)} ok, ${seconds(started)} s${lines}`);
    } catch (error) {
      passed = false;
      console.log(`${name.padEnd(18)} ${step.padEnd(12)} FAILED, ${seconds(started)} s`);
      console.error(error instanceof Error ? error.message : error);
      if (step === 'init') break;
    }
  }
  copy.remove();
  return passed;
}

const seconds = (started: number) => ((performance.now() - started) / 1000).toFixed(0);

const args = process.argv.slice(2);
const named = args.filter((arg) => arg !== '--full');
const unknown = named.filter((name) => !VARIANTS.some((variant) => variant.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no ${unknown.join(', ')}. Choose from: ${VARIANTS.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const suites = args.includes('--full') ? [...SUITES, 'security', 'conformance', 'e2e'] : SUITES;
const results: boolean[] = [];
for (const variant of VARIANTS)
  if (named.length === 0 || named.includes(variant.name)) results.push(await test(variant, suites));
process.exitCode = results.every(Boolean) ? 0 : 1;
