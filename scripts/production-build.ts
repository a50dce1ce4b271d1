import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningProcess, StartError, startProcess } from './processes.ts';

const INPUTS = [
  '{app,components,features,lib,public}/**/*',
  'app/.well-known/**/*',
  '{proxy,instrumentation}*.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
/** In the output of a build: the hash of what it was made from. */
const STAMP = 'build-inputs';
const LOCK = '.data/build.lock';

/** SHA-256 over the names and contents of everything a production build depends on. */
function inputsHash(more: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of globSync([...INPUTS, ...more]).sort()) {
    if (!statSync(file).isFile()) continue;
    const content = readFileSync(file);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function isFresh(output: string, hash: string): boolean {
  const stamp = join(output, STAMP);
  return existsSync(join(output, 'BUILD_ID')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
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

/** A copy of the product to build instead of the product itself. */
export type ProductCopy = {
  directory: string;
  /** Patterns of files that the copy is made from besides those of the product. */
  inputs: readonly string[];
  /** Makes the directory. */
  prepare(): void;
};

/**
 * Makes the production build in `.next`, unless the one there was made from the same files.
 *
 * No variable of the app is given to it: a build works for every deployment, so nothing may be baked in.
 *
 * @param options.quiet - keeps what the build prints for the message of its failure
 * @param options.onStart - is given the build's process, to stop it with
 * @param options.copy - builds this instead
 * @returns whether it built
 * @throws {StartError} when the build fails
 */
export async function buildIfStale(
  options: { quiet?: boolean; onStart?: (build: RunningProcess) => void; copy?: ProductCopy } = {},
): Promise<boolean> {
  const { directory = '.', inputs = [], prepare } = options.copy ?? {};
  const output = join(directory, '.next');
  if (isFresh(output, inputsHash(inputs))) return false;
  const unlock = await lock();
  try {
    const hash = inputsHash(inputs);
    if (isFresh(output, hash)) return false;
    if (prepare) prepare();
    else removeOldTypes();
    const { PATH, HOME, TMPDIR, CI } = process.env;
    const build = startProcess(
      'next build',
      ['node_modules/next/dist/bin/next', 'build', directory],
      { PATH, HOME, TMPDIR, CI, NODE_ENV: 'production' },
      options.quiet ? { stdio: ['ignore', 'pipe', 'pipe'] } : {},
    );
    options.onStart?.(build);
    const printed: string[] = [];
    for (const stream of [build.child.stdout, build.child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => printed.push(chunk));
    if ((await build.ended) !== 0)
      throw new StartError(`The production build failed.\n${printed.join('')}`.trim());
    writeFileSync(join(output, STAMP), hash);
    return true;
  } finally {
    unlock();
  }
}
