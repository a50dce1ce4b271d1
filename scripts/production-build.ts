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
/** File in the output of a build with the hash of its inputs. */
const STAMP = 'build-inputs';
const LOCK = '.data/build.lock';

/** SHA-256 of the names and contents of all inputs of a production build. */
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

/** Two builds in one directory would break each other, so the second waits for the first. */
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
 * Removes the generated types of routes. `tsconfig.json` includes them, and they contain errors for routes that were
 * removed since.
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
 * Builds the app into `.next`, unless the build there has the same inputs. The build gets no variables of the app,
 * because one build has to work for every deployment.
 *
 * @param options.quiet - prints the output of the build only when it fails
 * @param options.onStart - called with the process of the build
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
