/** Characters with which a spreadsheet begins a formula, full-width forms too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

/** One cell (RFC 4180 section 2), always quoted. Text that a spreadsheet would run gets an apostrophe in front. */
function cell(value: string | number | undefined): string {
  if (typeof value === 'number') return `"${value}"`;
  const text = value ?? '';
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/** One line of a CSV document, with its line end. */
export function csvLine(values: readonly (string | number | undefined)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}
