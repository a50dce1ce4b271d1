import { posix } from 'node:path';
import type { Tree } from './tree.ts';

/** An import or re-export statement, or a dynamic import, of one of our own modules. */
export type Reference = { statement: string; names: string[]; target: string };

const STATEMENT = /^(?:import|export)\s[^;'"]*?from\s+'([#.][^']+)';\n|^import\s+'([#.][^']+)';\n/gm;
const DYNAMIC = /\bimport\(\s*'([#.][^']+)'\s*\)/g;

/** The path from the root of the repository that a specifier names; undefined for packages. */
function resolveSpecifier(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined;
}

const known = new Map<string, Reference[]>();

/** Every reference of a module to other modules of the repository. */
export function references(path: string, text: string): Reference[] {
  const key = `${path}\n${text}`;
  const found = known.get(key) ?? findReferences(path, text);
  known.set(key, found);
  return found;
}

function findReferences(path: string, text: string): Reference[] {
  const found: Reference[] = [];
  for (const [statement, from, bare] of text.matchAll(STATEMENT)) {
    const target = resolveSpecifier(path, from ?? bare ?? '');
    if (target !== undefined) found.push({ statement, names: importedNames(statement), target });
  }
  for (const [statement, specifier = ''] of text.matchAll(DYNAMIC)) {
    const target = resolveSpecifier(path, specifier);
    if (target !== undefined) found.push({ statement, names: [], target });
  }
  return found;
}

function importedNames(statement: string): string[] {
  if (statement.startsWith('export')) return [];
  const clause = /^import\s+(?:type\s+)?([\s\S]*?)\s+from\s/.exec(statement)?.[1] ?? '';
  return clause
    .replace(/\*\s+as\s+/, '')
    .split(/[{},]/)
    .map((part) => part.trim().replace(/^type\s+/, ''))
    .map((part) => /\sas\s+(\w+)$/.exec(part)?.[1] ?? part)
    .filter((name) => name !== '');
}

export function isCode(path: string): boolean {
  return /\.(?:tsx?|mjs)$/.test(path);
}

/**
 * Takes the imports of removed modules out of a module, with the places that use what they brought: a self-closing
 * element on lines of its own, an entry of a list, an object member of the same name, a call statement on one line.
 *
 * @param removed - whether the file with this path goes
 * @returns the text, and the names that are still used in another way
 */
export function withoutImports(
  path: string,
  text: string,
  removed: (path: string) => boolean,
): { text: string; left: string[] } {
  let result = text;
  const names: string[] = [];
  for (const reference of references(path, text)) {
    if (!removed(reference.target)) continue;
    if (reference.statement.endsWith('\n')) result = result.replace(reference.statement, '');
    names.push(...reference.names);
    if (reference.names.length === 0 && !reference.statement.endsWith('\n')) names.push(reference.statement);
  }
  for (const name of names) result = withoutUses(result, name);
  const left = names.filter((name) => (/^\w+$/.test(name) ? word(name).test(result) : result.includes(name)));
  return { text: result, left };
}

function word(name: string): RegExp {
  return new RegExp(`(?<![\\w$.'"/-])${name}(?![\\w$'"-]|\\.ts)`);
}

function withoutUses(text: string, name: string): string {
  if (!/^\w+$/.test(name)) return text;
  return (
    text
      // <Name … />
      .replaceAll(new RegExp(`^[ \\t]*<${name}(?:\\s(?:[^<>]|=>)*)?/>[ \\t]*\\n`, 'gm'), '')
      // name,   ...name,   ...name(),   key: name,   on a line
      .replaceAll(new RegExp(`^[ \\t]*(?:\\.\\.\\.|\\w+: )?${name}(?:\\(\\))?,[ \\t]*\\n`, 'gm'), '')
      // [a, name, b] on one line
      .replaceAll(new RegExp(`(?<=[[{] ?)(?:\\.\\.\\.)?${name}(?:\\(\\))?, `, 'g'), '')
      .replaceAll(new RegExp(`, (?:\\.\\.\\.)?${name}(?:\\(\\))?(?=[,\\]]| })`, 'g'), '')
      .replaceAll(new RegExp(`(?<=\\[)(?:\\.\\.\\.)?${name}(?:\\(\\))?(?=\\])`, 'g'), '')
      // name(…);   if (…) name(…);   on one line
      .replaceAll(
        new RegExp(`^[ \\t]*(?:if \\([^\\n]*\\) )?(?:await )?${name}\\([^\\n]*\\);[ \\t]*\\n`, 'gm'),
        '',
      )
  );
}

/** The unit test that is about one module: `tests/unit/oauth/jwks.test.ts` of `lib/oauth/jwks.ts`. */
export function unitTestOf(path: string): string {
  return path.replace(/^(?:lib\/)?(.*)\.tsx?$/, 'tests/unit/$1.test.ts');
}

/** The modules that something imported before, and that nothing but their own unit test imports after. */
export function unusedModules(before: Tree, after: Tree): string[] {
  const candidates = importedModules(before);
  const unused = new Set<string>();
  for (;;) {
    const used = importedModules(new Map([...after].filter(([path]) => !unused.has(path))));
    const found = [...candidates].filter((path) => after.has(path) && !unused.has(path) && !used.has(path));
    if (found.length === 0) return [...unused];
    for (const path of found) unused.add(path);
  }
}

function importedModules(tree: Tree): Set<string> {
  const used = new Set<string>();
  for (const [path, text] of tree) {
    if (text === null || !isCode(path)) continue;
    for (const { target } of references(path, text)) if (path !== unitTestOf(target)) used.add(target);
  }
  return used;
}
