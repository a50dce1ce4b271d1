import { isCode } from './code.ts';

/** The names of the starter, and what `npm run init` puts in their place. */
export const STARTER = { name: 'MCP AuthKit Starter', slug: 'mcp-authkit-starter' } as const;

export type Names = { name: string; slug: string /** Of tool names, empty for none. */; prefix: string };

/** Words in lower case with `separator` between them. */
export function words(text: string, separator: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, separator)
    .replace(new RegExp(`^${separator}+|${separator}+$`, 'g'), '');
}

/**
 * `text` with the new names. Names of tools change in prose, in strings and in comments; in code they stay, because
 * there they are identifiers.
 *
 * @param toolNames - names of the tools that there are, as clients see them
 */
export function renamed(path: string, text: string, names: Names, toolNames: readonly string[]): string {
  const byName = text.replaceAll(STARTER.name, names.name).replaceAll(STARTER.slug, names.slug);
  if (names.prefix === '' || toolNames.length === 0) return byName;
  // A file name is no tool name, nor is a part of a longer word.
  const tool = new RegExp(`(?<![\\w/-])(${toolNames.join('|')})(?![\\w-]|\\.tsx?\\b)`, 'g');
  const inProse = (part: string) => part.replace(tool, `${names.prefix}_$1`);
  if (isCode(path)) return mapText(byName, inProse);
  if (!path.endsWith('.md')) return inProse(byName);
  return byName
    .split(/(?<=^```(?:tsx?|js)\n)([\s\S]*?)(?=^```$)/m)
    .map((part, index) => (index % 2 === 0 ? inProse(part) : mapText(part, inProse)))
    .join('');
}

/** A comment, a string, a regular expression, or a template without the expressions in it. */
export const LITERAL =
  /\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[=(,:[!&|?{};]\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/|(?<=>)[^<>{}]+(?=<\/)/g;

/** Changes the strings, comments, regular expressions and texts of elements in code, and nothing else. */
function mapText(code: string, change: (text: string) => string): string {
  return code.replaceAll(LITERAL, (literal) =>
    literal.startsWith('`')
      ? literal
          .split(/(\$\{[^}]*\})/)
          .map((part, index) => (index % 2 === 0 ? change(part) : mapText(part, change)))
          .join('')
      : change(literal),
  );
}
