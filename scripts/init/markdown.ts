import { posix } from 'node:path';
import type { Tree } from './tree.ts';

const MARKER = String.raw`<!-- (?:feature: ([\w, -]+?)|project) -->`;
const END = '<!-- /(?:feature|project) -->';
const BLOCK_LINES = new RegExp(`^${MARKER}\\n([\\s\\S]*?)^${END}\\n?`, 'gm');
// With another marker in between, the first one is the marker of its line.
const BLOCK = new RegExp(`${MARKER}((?:(?!<!-- (?:feature|project))[\\s\\S])*?)${END}`, 'g');
const LINE = new RegExp(` ?${MARKER}`);

/** The names of features in the markers of a document. */
export function markedFeatures(text: string): string[] {
  return [...text.matchAll(new RegExp(MARKER, 'g'))].flatMap(([, names]) => names?.split(/,\s*/) ?? []);
}

/**
 * Takes the parts of removed features out of a document, and all markers. A part is what is between
 * `<!-- feature: a,b -->` and `<!-- /feature -->`, and stays while any of its features does. `<!-- project -->` begins
 * what only the starter has. One marker in a line with other text is about that line: comments on lines of their own
 * would end a table.
 */
export function withoutFeatures(text: string, removed: ReadonlySet<string>): string {
  const goes = (names: string | undefined) =>
    names === undefined || names.split(/,\s*/).every((name) => removed.has(name));
  const keep = (_: string, names: string | undefined, part: string) => (goes(names) ? '' : part);
  const lines = text
    .replaceAll(BLOCK_LINES, keep)
    .replaceAll(BLOCK, keep)
    .split('\n')
    .flatMap((line) => {
      const marker = LINE.exec(line);
      if (marker === null) return [line];
      return goes(marker[1]) ? [] : [line.replace(LINE, '')];
    });
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

/** Pictures whose files are gone. */
export function withoutPictures(path: string, text: string, tree: Tree): string {
  return text.replaceAll(/<picture>\n[\s\S]*?<\/picture>\n\n?/g, (picture) => {
    const file = /<img[^>]* src="([^"]+)"/.exec(picture)?.[1] ?? '';
    return tree.has(posix.join(posix.dirname(path), file)) ? picture : '';
  });
}

/**
 * Takes names of removed files out of the cells of tables, and a row of which a cell is then empty, or that leads to a
 * removed document.
 *
 * @param gone - whether the file or folder with this path from the root of the repository was removed
 */
export function withoutRows(path: string, text: string, gone: (path: string) => boolean): string {
  const fromHere = (link: string) => posix.join(posix.dirname(path), link.replace(/#.*$/, ''));
  return text
    .split('\n')
    .flatMap((line) => {
      if (!/^\|.*\|$/.test(line)) return [line];
      if ([...line.matchAll(/\]\(([\w./-]+)(?:#[\w-]*)?\)/g)].some(([, link = '']) => gone(fromHere(link))))
        return [];
      const kept = line
        .split('|')
        .map((cell) => {
          const spans = cell.trim().split(', ');
          if (!spans.every((span) => /^`[\w./[\]()-]+`$/.test(span))) return cell;
          const left = spans.filter((span) => !gone(span.slice(1, -1).replace(/\/$/, '')));
          return left.length === spans.length ? cell : ` ${left.join(', ')} `;
        })
        .join('|');
      return kept !== line && /\|\s*\|/.test(kept.replaceAll(/\s+/g, ' ')) ? [] : [kept];
    })
    .join('\n');
}
