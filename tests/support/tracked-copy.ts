import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, matchesGlob, resolve } from 'node:path';
import { temporaryDirectory } from './processes.ts';

/** The files that a clone would have, changes in the working directory included. */
function trackedFiles(): string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(file));
}

/**
 * A directory of its own with the tracked files, as a clone is.
 *
 * @param options.without - patterns of files and folders that are left out, as in `.dockerignore`
 * @param options.modules - also gives it the installed packages: as a link to ours, or as files of its own (hard links
 *   where that is possible) for builds, which follow links to where they lead
 */
export function trackedCopy(options: { without?: readonly string[]; modules?: 'link' | 'own' } = {}): {
  path: string;
  remove(): void;
} {
  const copy = temporaryDirectory('tracked-copy');
  const { without = [] } = options;
  const leftOut = (file: string) =>
    without.some((pattern) => matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`));
  for (const file of trackedFiles().filter((file) => !leftOut(file))) {
    const target = join(copy.path, file);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
  if (options.modules === 'link') symlinkSync(resolve('node_modules'), join(copy.path, 'node_modules'));
  if (options.modules === 'own') copyModules(join(copy.path, 'node_modules'));
  return copy;
}

/** Copies the installed packages, without the caches there: other processes write them meanwhile. */
function copyModules(target: string): void {
  const from = resolve('node_modules');
  const kept = readdirSync(from).filter((name) => /^(?!\.)|^\.bin$|^\.package-lock\.json$/.test(name));
  const copyAs = (flags: string) => {
    mkdirSync(target);
    execFileSync('cp', [flags, ...kept.map((name) => join(from, name)), target], { stdio: 'pipe' });
  };
  try {
    copyAs('-al');
  } catch {
    // Hard links need the same file system. Some links may be there already, which no copy replaces.
    rmSync(target, { recursive: true, force: true });
    copyAs('-a');
  }
}

/**
 * Runs a program to its end in a directory.
 *
 * @returns what it printed on stdout
 * @throws with everything it printed, when its exit code is not 0
 */
export function runIn(
  directory: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const result = spawnSync(program, args, {
    cwd: directory,
    env: { NODE_ENV: 'production', ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return result.stdout;
  throw new Error(
    `${program} ${args.join(' ')}: ${result.status ?? result.error}\n${result.stdout}${result.stderr}`,
  );
}
