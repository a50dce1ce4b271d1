import { readFileSync } from 'node:fs';

/** A fenced block of a Markdown file. */
export type CodeBlock = {
  language: string;
  text: string;
  /** The file that its first line names in a comment, `// path/to/file.ts`. */
  file: string | undefined;
};

/** The fenced blocks of a Markdown file, in order. */
export function codeBlocks(path: string): CodeBlock[] {
  const fences = readFileSync(path, 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...fences].map(([, language = '', text = '']) => ({
    language,
    text,
    file: /^\/\/ ([\w./-]+\.\w+)\n/.exec(text)?.[1],
  }));
}
