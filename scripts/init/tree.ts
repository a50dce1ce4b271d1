import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The text files of a working copy by path from its root. A plan changes this map; nothing on disk changes until
 * {@link writeTree}. Binary files are `null`: they can only be removed.
 */
export type Tree = Map<string, string | null>;

/** Files that a copy without git (an archive, degit) has besides its own. */
const NOT_OURS =
  /(?:^|\/)(?:node_modules|\.git|\.next[^/]*|\.data|\.vercel|\.env|\.env\..*local|[^/]*\.tsbuildinfo)(?:\/|$)/;

function list(root: string): string[] {
  if (isRepository(root)) {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  }
  return walk(root, '');
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.test(path)) return [];
    return entry.isDirectory() ? walk(root, path) : [path];
  });
}

/** Whether a directory is the top of a git repository. A folder inside of another repository is not. */
export function isRepository(root: string): boolean {
  const args = ['rev-parse', '--show-prefix'];
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 && stdout.trim() === '';
}

/** Reads the files that a clone has. Symbolic links are left out: they may lead out of the directory. */
export function readTree(root: string): Tree {
  const tree: Tree = new Map();
  for (const path of list(root).sort()) {
    if (path === '' || !lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile()) continue;
    const bytes = readFileSync(join(root, path));
    tree.set(path, bytes.includes(0) ? null : bytes.toString());
  }
  return tree;
}

/** Writes the difference between two trees, and removes the folders that it leaves empty. */
export function writeTree(root: string, before: Tree, after: Tree): { written: number; removed: number } {
  const counts = { written: 0, removed: 0 };
  for (const path of before.keys()) {
    if (after.has(path)) continue;
    rmSync(join(root, path));
    counts.removed += 1;
    removeEmptyFolders(root, dirname(path));
  }
  for (const [path, text] of after) {
    if (text === null || text === before.get(path)) continue;
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
    counts.written += 1;
  }
  return counts;
}

function removeEmptyFolders(root: string, folder: string): void {
  for (let path = folder; path !== '.' && path !== ''; path = dirname(path)) {
    try {
      rmdirSync(join(root, path));
    } catch {
      return;
    }
  }
}

/** The files at or below any of the paths, and those that match a pattern with `*`. */
export function filesAt(tree: Tree, paths: readonly string[]): string[] {
  const patterns = paths.map((path) => new RegExp(`^${pattern(path)}(?:/|$)`));
  return [...tree.keys()].filter((path) => patterns.some((each) => each.test(path)));
}

function pattern(path: string): string {
  return path
    .replace(/\/$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*');
}
