import { posix } from 'node:path';
import type { Tree } from './tree.ts';

const BLOCK = /<!-- feature: ([\w, -]+?) -->([\s\S]*?)<!-- \/feature -->/g;
const LINE = /<!-- feature: ([\w, -]+?) -->/;

/** The names in a marker, which is kept while any of them is. */
export function markedFeatures(text: string): string[][] {
  return [...text.matchAll(new RegExp(LINE, 'g'))].map(([, names = '']) => names.split(/,\s*/));
}

/**
 * Takes the parts of removed features out of a document, and all markers. A part is what is between
 * `<!-- feature: a,b -->` and `<!-- /feature -->`, or one line that holds the first of the two alone, as a row of a
 * table does, which lines of comments would break.
 */
export function withoutFeatures(text: string, removed: ReadonlySet<string>): string {
  const goes = (names = '') => names.split(/,\s*/).every((name) => removed.has(name));
  const lines = text
    .replaceAll(/^<!-- feature: ([\w, -]+?) -->\n([\s\S]*?)^<!-- \/feature -->\n?/gm, (_, names, part) =>
      goes(names) ? '' : part,
    )
    .replaceAll(BLOCK, (_, names, part) => (goes(names) ? '' : part))
    .split('\n')
    .filter((line) => !goes(LINE.exec(line)?.[1] ?? 'none of them'))
    .map((line) => line.replace(/ ?<!-- feature: [\w, -]+? -->/, ''));
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
