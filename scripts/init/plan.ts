import { EMBEDDED, embeddedMigrations } from '../embedded-migrations.ts';
import { isCode, unitTestOf, unusedModules, withoutImports } from './code.ts';
import { removeUnusedExports } from './exports.ts';
import { withoutFeatures, withoutPictures, withoutRows } from './markdown.ts';
import { type Names, renamed, STARTER } from './names.ts';
import {
  type PackageJson,
  type PackageLock,
  prunedLock,
  unusedPackages,
  withoutPackages,
} from './packages.ts';
import { isPart, type PartName, partNames, parts, pathsOf } from './parts.ts';
import { deployButton } from './repository.ts';
import { filesAt, type Tree } from './tree.ts';

/** A reason to change nothing: printed as it is, without a stack. */
export class InitError extends Error {
  override readonly name: string = 'InitError';
}

export type Choice = {
  names: Names;
  /** Names of tools as clients see them, of all tools that there are now. */
  toolNames: readonly string[];
  without: readonly PartName[];
  keep: readonly PartName[];
  /** https address of the owner's repository. */
  repository?: string | undefined;
};

/** The line of README.md that the deploy button replaces: it works for any copy, wherever that is. */
const IMPORT_LINE = /^\[Import your copy into Vercel\].*$/m;
/** The list of pages: one entry of the list for each, on one line or between lines of braces. */
const PAGES_FILE = 'lib/config/pages.ts';
const TOOLS_FOLDER = 'lib/mcp/tools';
/** Files that keep the starter's names: its authors stay named. */
const KEPT = ['LICENSE', 'package.json', 'package-lock.json'];

/**
 * The parts that go: those that `without` names, the project's own, and what nothing needs any more.
 *
 * @throws {InitError} when a part that stays needs one that goes
 */
export function removedParts({ without, keep }: Pick<Choice, 'without' | 'keep'>): Set<PartName> {
  const removed = new Set(
    partNames.filter(
      (name) => without.includes(name) || (parts[name].kind === 'project' && !keep.includes(name)),
    ),
  );
  for (const name of partNames) {
    const users = partNames.filter((user) => parts[user].needs?.includes(name));
    if (users.length === 0) continue;
    const left = users.filter((user) => !removed.has(user));
    if (left.length === 0 && !parts[name].staysAlone) removed.add(name);
    else if (left.length > 0 && removed.has(name))
      throw new InitError(`${left.join(' and ')} cannot work without ${name}: name ${left.join(', ')} too.`);
  }
  return removed;
}

/**
 * The working copy as `npm run init` leaves it, apart from formatting.
 *
 * @throws {InitError} when something that stays refers to something that goes
 */
export function plan(before: Tree, choice: Choice): Tree {
  const removed = removedParts(choice);
  const tree: Tree = new Map(before);
  const problems: string[] = [];

  for (const name of removed) for (const path of filesAt(tree, pathsOf(name))) tree.delete(path);
  for (const name of removed)
    for (const { file, remove, by = '', unless } of parts[name].edits ?? []) {
      const text = tree.get(file);
      if (typeof text !== 'string' || (unless !== undefined && removed.has(unless as PartName))) continue;
      if (!remove.test(text)) problems.push(`${file} has nothing that matches ${remove}`);
      tree.set(file, text.replace(remove, by));
    }
  const pages = [...removed].flatMap((name) => parts[name].pages ?? []);
  tree.set(PAGES_FILE, withoutPages(tree.get(PAGES_FILE) ?? '', pages));
  problems.push(...removeUses(before, tree));
  removeUnusedExports(before, tree);
  if (removed.has('notes')) removeTable(tree, 'notes');
  if (removed.has('inspector')) removeTable(tree, 'inspector_refreshes');
  if (removed.has('client-plot')) removeTable(tree, 'activity_latency');
  if (removed.has('client-limits')) removeTable(tree, 'policies');
  if (removed.has('webhooks')) removeTable(tree, 'ended');
  if (removed.has('notifications')) removeTable(tree, 'notifications');
  if (removed.has('organization'))
    for (const table of ['organization_members', 'organization_acts']) removeTable(tree, table);
  changePackages(before, tree, removed, choice);
  changeDocuments(before, tree, removed);
  rename(tree, choice);
  if (problems.length > 0)
    throw new InitError(
      `This copy differs from what init knows. Nothing was changed.\n${problems.join('\n')}`,
    );
  return tree;
}

/** The list of pages without those with these paths. */
function withoutPages(text: string, paths: readonly string[]): string {
  return paths.reduce((kept, path) => {
    const entry = `path: '${path}',`;
    return kept.replace(
      new RegExp(`^  \\{ ${entry}.*\\},\\n|^  \\{\\n    ${entry}\\n[\\s\\S]*?^  \\},\\n`, 'm'),
      '',
    );
  }, text);
}

/** Takes out what uses removed modules, and modules that nothing uses any more with their unit tests. */
function removeUses(before: Tree, tree: Tree): string[] {
  const gone = (path: string) => before.has(path) && !tree.has(path);
  for (;;) {
    const problems: string[] = [];
    for (const [path, text] of tree) {
      if (text === null || !isCode(path)) continue;
      const cleaned = withoutImports(path, text, gone);
      if (cleaned.text !== text) tree.set(path, cleaned.text);
      problems.push(...cleaned.left.map((name) => `${path} still uses ${name}`));
    }
    if (problems.length > 0) return problems;
    const unused = unusedModules(before, tree);
    if (unused.length === 0) return [];
    for (const path of unused) {
      tree.delete(path);
      tree.delete(unitTestOf(path));
    }
  }
}

/** Takes a table out of the migrations: a new database, which is all that a new clone has, never gets it. */
function removeTable(tree: Tree, table: string): void {
  const folder = 'lib/db/migrations';
  for (const path of filesAt(tree, [folder])) {
    const text = tree.get(path) ?? '';
    if (path.endsWith('.sql')) {
      const statements = text.split('--> statement-breakpoint');
      const kept = statements.filter((statement) => !statement.includes(`"${table}"`));
      if (kept.length < statements.length)
        tree.set(path, `${kept.join('--> statement-breakpoint').trim()}\n`);
    }
    if (path.endsWith('_snapshot.json')) {
      const snapshot = JSON.parse(text) as { tables: Record<string, unknown> };
      delete snapshot.tables[`public.${table}`];
      tree.set(path, JSON.stringify(snapshot, null, 2));
    }
  }
  tree.set(
    `${folder}/${EMBEDDED}`,
    embeddedMigrations((name) => tree.get(`${folder}/${name}`) ?? ''),
  );
}

function changePackages(
  before: Tree,
  tree: Tree,
  removed: ReadonlySet<PartName>,
  { names, repository }: Choice,
): void {
  const lock = JSON.parse(tree.get('package-lock.json') ?? '') as PackageLock;
  const original = JSON.parse(tree.get('package.json') ?? '') as PackageJson;
  const manifest = withoutPackages(original, {
    scripts: [...removed].flatMap((name) => parts[name].scripts ?? []),
    packages: unusedPackages(original, lock, before, tree),
  });
  manifest.name = names.slug;
  manifest.description = `The MCP server of ${names.name}, behind OAuth with WorkOS AuthKit.`;
  delete manifest.repository;
  if (repository !== undefined) manifest.repository = repository;
  tree.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  tree.set('package-lock.json', `${JSON.stringify(prunedLock(lock, manifest), null, 2)}\n`);
  const readme = tree.get('README.md') ?? '';
  if (repository !== undefined) tree.set('README.md', readme.replace(IMPORT_LINE, deployButton(repository)));
}

function changeDocuments(before: Tree, tree: Tree, removed: ReadonlySet<PartName>): void {
  const within = (files: Tree, path: string) =>
    files.has(path) || [...files.keys()].some((file) => file.startsWith(`${path}/`));
  const gone = (path: string) => within(before, path) && !within(tree, path);
  for (const [path, text] of tree) {
    if (text === null || !path.endsWith('.md')) continue;
    const kept = withoutRows(path, withoutPictures(path, withoutFeatures(text, removed), tree), gone);
    tree.set(path, kept);
  }
}

function rename(tree: Tree, { names, toolNames }: Choice): void {
  const definitions = filesAt(tree, [TOOLS_FOLDER]).map((path) => tree.get(path) ?? '');
  const left = toolNames.filter((name) => definitions.some((text) => text.includes(`name: '${name}'`)));
  for (const [path, text] of tree)
    if (text !== null && !KEPT.includes(path)) tree.set(path, renamed(path, text, names, left));
}

/** Whether the copy still has the names of the starter. */
export function isStarter(tree: Tree): boolean {
  return JSON.parse(tree.get('package.json') ?? '{}').name === STARTER.slug;
}

/**
 * Reads names of parts from the command line.
 *
 * @param allowed - what may be named
 * @throws {InitError} for any other name
 */
export function readParts(list: string | undefined, allowed: readonly PartName[]): PartName[] {
  const names = (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.filter((name) => !(isPart(name) && allowed.includes(name)));
  if (unknown.length > 0)
    throw new InitError(`There is no ${unknown.join(', ')}. Choose from: ${allowed.join(', ')}.`);
  return names.filter(isPart);
}
