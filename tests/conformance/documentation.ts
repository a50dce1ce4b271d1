import { readFileSync } from 'node:fs';

/** A table without the spaces and dashes that a formatter lines its columns up with. */
export function plainTable(markdown: string): string {
  return markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
}

/** docs/conformance.md, its tables as {@link plainTable}. */
export function conformanceDocument(): string {
  return plainTable(readFileSync('docs/conformance.md', 'utf8'));
}
