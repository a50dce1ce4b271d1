import type { Tree } from './tree.ts';

/** The parts of `package.json` that a plan changes. */
export type PackageJson = {
  name: string;
  description?: string;
  repository?: string;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  [member: string]: unknown;
};

type LockEntry = {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  link?: boolean;
  resolved?: string;
};

/** `package-lock.json` of lockfile version 3. */
export type PackageLock = { name: string; packages: Record<string, LockEntry> };

/**
 * A package.json without these scripts and packages; the types of a package go with it.
 */
export function withoutPackages(
  manifest: PackageJson,
  gone: { scripts: readonly string[]; packages: readonly string[] },
): PackageJson {
  const without = (record: Record<string, string>, names: readonly string[]) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
  const packages = gone.packages.flatMap((name) => [name, `@types/${name}`]);
  return {
    ...manifest,
    scripts: without(manifest.scripts, gone.scripts),
    dependencies: without(manifest.dependencies, packages),
    devDependencies: without(manifest.devDependencies, packages),
  };
}

/**
 * The packages of `manifest` that no file but a document names any more, and that no other package has as a peer any
 * more.
 */
export function unusedPackages(
  manifest: PackageJson,
  lock: PackageLock,
  before: Tree,
  after: Tree,
): string[] {
  const code = (tree: Tree) =>
    [...tree].flatMap(([path, text]) =>
      text === null || /\.md$|^package(-lock)?\.json$/.test(path) ? [] : [text],
    );
  const [then, now] = [code(before), code(after)];
  const peersBefore = peers(lock);
  const unnamed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter((name) => !name.startsWith('@types/') && !now.some((text) => text.includes(name)))
    .filter((name) => peersBefore.has(name) || then.some((text) => text.includes(name)));
  const peersAfter = peers(prunedLock(lock, withoutPackages(manifest, { scripts: [], packages: unnamed })));
  return unnamed.filter((name) => !peersAfter.has(name));
}

function peers({ packages }: PackageLock): Set<string> {
  return new Set(
    Object.values(packages).flatMap(({ peerDependencies = {} }) => Object.keys(peerDependencies)),
  );
}

/**
 * The lock file for `manifest`: of the entries that `lock` has, those that can still be reached. Entries of packages for
 * other platforms stay, because they are reached as optional dependencies.
 */
export function prunedLock(lock: PackageLock, manifest: PackageJson): PackageLock {
  const root = lock.packages[''] ?? {};
  const { name, dependencies, devDependencies } = manifest;
  const packages: PackageLock['packages'] = {
    ...lock.packages,
    '': { ...root, ...{ name }, dependencies, devDependencies },
  };
  const reached = new Set(['']);
  const queue = [''];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const entry = packages[path] ?? {};
    const wanted = [entry.dependencies, entry.optionalDependencies, entry.peerDependencies];
    if (path === '') wanted.push(entry.devDependencies);
    for (const dependency of wanted.flatMap((record) => Object.keys(record ?? {}))) {
      const found = installedAt(packages, path, dependency);
      if (found === undefined || reached.has(found)) continue;
      reached.add(found);
      queue.push(found);
    }
  }
  return {
    ...lock,
    name,
    packages: Object.fromEntries(Object.entries(packages).filter(([path]) => reached.has(path))),
  };
}

/** Where Node finds a package that the one at `from` asks for: in its own `node_modules`, or in one above. */
function installedAt(packages: PackageLock['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === '') return undefined;
  }
}
