import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningProcess, StartError, startProcess } from './processes.ts';

const INPUTS = [
  '{app,components,features,lib,public}/**/*',
  '{proxy,instrumentation}*.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
const STAMP = '.next/build-inputs';
const LOCK = '.data/build.lock';

/** SHA-256 over the names and contents of everything a production build depends on. */
function inputsHash(): string {
  const hash = createHash('sha256');
  for (const file of globSync(INPUTS).sort()) {
    if (!statSync(file).isFile()) continue;
    const content = readFileSync(file);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function isFresh(hash: string): boolean {
  return existsSync('.next/BUILD_ID') && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash;
}

/** Whether a process with this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Two builds into one directory would break each other, so the second waits for the first. */
async function lock(): Promise<() => void> {
  mkdirSync('.data', { recursive: true });
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return () => rmSync(LOCK, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = existsSync(LOCK) ? Number(readFileSync(LOCK, 'utf8')) : 0;
    if (holder > 0 && !isAlive(holder)) rmSync(LOCK, { force: true });
    await delay(200);
  }
}

/**
 * Removes the types of the routes that `next dev` or an earlier build saw: `tsconfig.json` includes them, and a route
 * that is gone since is an error in them.
 */
export function removeOldTypes(): void {
  for (const types of ['.next/types', '.next/dev/types']) rmSync(types, { recursive: true, force: true });
}

/**
 * Makes the production build in `.next`, unless the one there was made from the same files.
 *
 * No variable of the app is given to it: a build works for every deployment, so nothing may be baked in.
 *
 * @param options.quiet - keeps what the build prints for the message of its failure
 * @param options.onStart - is given the build's process, to stop it with
 * @returns whether it built
 * @throws {StartError} when the build fails
 */
export async function buildIfStale(
  options: { quiet?: boolean; onStart?: (build: RunningProcess) => void } = {},
): Promise<boolean> {
  if (isFresh(inputsHash())) return false;
  const unlock = await lock();
  try {
    const hash = inputsHash();
    if (isFresh(hash)) return false;
    removeOldTypes();
    const { PATH, HOME, TMPDIR, CI } = process.env;
    const build = startProcess(
      'next build',
      ['node_modules/next/dist/bin/next', 'build'],
      { PATH, HOME, TMPDIR, CI, NODE_ENV: 'production' },
      options.quiet ? { stdio: ['ignore', 'pipe', 'pipe'] } : {},
    );
    options.onStart?.(build);
    const output: string[] = [];
    for (const stream of [build.child.stdout, build.child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
    if ((await build.ended) !== 0)
      throw new StartError(`The production build failed.\n${output.join('')}`.trim());
    writeFileSync(STAMP, hash);
    return true;
  } finally {
    unlock();
  }
}
