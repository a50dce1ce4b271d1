import { textStream } from './text-stream.ts';

export type ExportFormat = 'json' | 'csv';

/** The columns of a CSV document: the value of each, by name. */
export type Columns<T> = Record<string, (item: T) => string | number | undefined>;

/** Characters that start a formula in a spreadsheet, full-width forms included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

/** A quoted cell (RFC 4180 section 2). Text that a spreadsheet would evaluate gets an apostrophe in front. */
function cell(value: string | number | undefined): string {
  if (typeof value === 'number') return `"${value}"`;
  const text = value ?? '';
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/** A line of a CSV document, with its line end. */
function csvLine(values: readonly (string | number | undefined)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** A line of column names, and a line for each item. */
export async function* csvText<T>(columns: Columns<T>, pages: AsyncIterable<T[]>): AsyncGenerator<string> {
  yield csvLine(Object.keys(columns));
  const values = Object.values(columns);
  for await (const page of pages)
    yield page.map((item) => csvLine(values.map((value) => value(item)))).join('');
}

/** `head`, the items as members of an array, and `tail`. */
export async function* jsonText<T>(
  head: string,
  pages: AsyncIterable<T[]>,
  tail: string,
): AsyncGenerator<string> {
  yield head;
  let separator = '\n';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.map((item) => JSON.stringify(item)).join(',\n');
    separator = ',\n';
  }
  yield `\n${tail}`;
}

/** A response that offers a text as a file. */
export function download(text: AsyncGenerator<string>, name: string, format: ExportFormat): Response {
  const type = format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/json';
  return new Response(textStream(text), {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}.${format}"`,
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
