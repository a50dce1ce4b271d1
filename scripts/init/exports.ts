import { isCode, references } from './code.ts';
import { LITERAL } from './names.ts';
import type { Tree } from './tree.ts';

/** A declaration at the top of a module, its documentation included, as offsets into the text. */
type Declaration = { name: string; exported: boolean; start: number; keyword: number; end: number };

const HEAD =
  /^(export )?(?:declare )?(?:async )?(?:const|let|function\*?|class|abstract class|type|interface|enum) (\w+)/;

/** Whatever a module imports of another: names, or everything. */
const EVERYTHING = '*';

/**
 * Removes the exports that something imported before, and nothing imports after, with what only they use. Declarations
 * that their own module still uses lose the keyword `export`.
 */
export function removeUnusedExports(before: Tree, tree: Tree): void {
  const usedBefore = importedNames(before);
  for (let changed = true; changed; ) {
    changed = false;
    const used = importedNames(tree);
    for (const [path, text] of tree) {
      if (text === null || !isCode(path)) continue;
      const now = used.get(path);
      const everything = now?.has(EVERYTHING) === true;
      const lost = new Set(
        [...(usedBefore.get(path) ?? [])].filter((name) => !everything && !now?.has(name)),
      );
      const original = before.get(path) ?? '';
      if (lost.size === 0 && text === original) continue;
      const trimmed = withoutUnused(text, original, lost);
      if (trimmed === text) continue;
      tree.set(path, trimmed);
      changed = true;
    }
  }
}

function importedNames(tree: Tree): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const [path, text] of tree) {
    if (text === null || !isCode(path)) continue;
    for (const { statement, target } of references(path, text)) {
      const names = used.get(target) ?? new Set();
      used.set(target, names);
      const braces = /^(?:import|export)\s+(?:type\s+)?\{([^}]*)\}/.exec(statement)?.[1];
      if (braces === undefined) names.add(EVERYTHING);
      for (const part of braces?.split(',') ?? [])
        names.add(part.trim().replace(/^type\s+|\s+as\s+\w+$/g, ''));
    }
  }
  return used;
}

function withoutUnused(text: string, original: string, unused: ReadonlySet<string>): string {
  let result = text;
  for (const { name } of declarations(text).filter(({ name, exported }) => exported && unused.has(name))) {
    const declaration = declarations(result).find((each) => each.name === name);
    if (declaration === undefined) continue;
    const rest = result.slice(0, declaration.start) + result.slice(declaration.end);
    result = count(rest, name) === 0 ? rest : withoutKeyword(result, declaration);
  }
  // What only the removed code used: helpers that are not exported, and imports.
  for (let previous = ''; previous !== result; ) {
    previous = result;
    for (const { name, exported, start, end } of declarations(result))
      if (!exported && count(result, name) === 1 && count(original, name) > 1) {
        result = result.slice(0, start) + result.slice(end);
        break;
      }
  }
  return withoutUnusedImports(result);
}

function withoutKeyword(text: string, { keyword }: Declaration): string {
  return text.slice(0, keyword) + text.slice(keyword + 'export '.length);
}

function count(text: string, name: string): number {
  const code = text.replaceAll(LITERAL, (literal) => (literal.startsWith('`') ? literal : ''));
  return [...code.matchAll(new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name}(?![\\w$])`, 'g'))].length;
}

function withoutUnusedImports(text: string): string {
  return text.replaceAll(
    /^import (type )?\{([^}]*)\} from ('[^']+');\n/gm,
    (statement, type = '', list, from) => {
      const rest = text.replace(statement, '');
      const parts = (list as string).split(',').map((part) => part.trim());
      const kept = parts.filter(
        (part) => part !== '' && count(rest, part.replace(/^type\s+|^\w+\s+as\s+/g, '')) > 0,
      );
      if (kept.length === parts.filter((part) => part !== '').length) return statement;
      return kept.length === 0 ? '' : `import ${type}{ ${kept.join(', ')} } from ${from};\n`;
    },
  );
}

/** The declarations of a formatted module: a statement ends at a line that closes all brackets. */
function declarations(text: string): Declaration[] {
  const found: Declaration[] = [];
  const lines = text.split('\n');
  let offset = 0;
  for (let index = 0; index < lines.length; index++) {
    const [, exported, name] = HEAD.exec(lines[index] ?? '') ?? [];
    const keyword = offset;
    offset += (lines[index]?.length ?? 0) + 1;
    if (name === undefined) continue;
    const first = index;
    while (!isComplete(lines.slice(first, index + 1).join('\n')) && index < lines.length - 1) {
      index += 1;
      offset += (lines[index]?.length ?? 0) + 1;
    }
    const documentation =
      /(?:^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n|^\/\/.*\n)$/m.exec(text.slice(0, keyword))?.[0] ?? '';
    found.push({
      name,
      exported: exported !== undefined,
      start: keyword - documentation.length,
      keyword,
      end: offset,
    });
  }
  return found;
}

function isComplete(statement: string): boolean {
  const code = statement.replaceAll(LITERAL, '""');
  const depth = [...code].reduce(
    (sum, character) => sum + Number('([{'.includes(character)) - Number(')]}'.includes(character)),
    0,
  );
  return depth === 0 && /[;}]\s*$/.test(code);
}
