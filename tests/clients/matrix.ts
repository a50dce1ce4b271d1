import { readFileSync, writeFileSync } from 'node:fs';
import { type Row, STEPS } from './client.ts';

const FILE = 'docs/clients.md';
const BEGIN = '<!-- matrix: written by npm run test:clients -->';
const END = '<!-- /matrix -->';

export const lineOf = ({ client, registration, cells }: Row) =>
  `${client} (${registration}): ${STEPS.map((step) => `${step} ${cells[step].result}${cells[step].note ? ` [${cells[step].note}]` : ''}`).join(', ')}`;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** Replaces the table of `docs/clients.md`. */
export function writeMatrix(rows: readonly Row[]): void {
  const notes: string[] = [];
  const table = [
    `Run on ${new Date().toISOString().slice(0, 10)}.`,
    '',
    `| Client | Version | Registration | ${STEPS.map((step) => step[0]?.toUpperCase() + step.slice(1)).join(' | ')} |`,
    `| --- | --- | --- | ${STEPS.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => {
      const cells = STEPS.map((step) => row.cells[step].result);
      const said = STEPS.filter((step) => row.cells[step].note).map(
        (step) => `  - ${step}, ${row.cells[step].result}: ${cell(row.cells[step].note ?? '')}`,
      );
      if (said.length > 0 || row.remark)
        notes.push(`- **${row.client}**${row.remark ? `: ${row.remark}` : ''}`, ...said);
      return `| ${[row.client, row.version, row.registration, ...cells].join(' | ')} |`;
    }),
    '',
    ...notes,
  ].join('\n');
  const text = readFileSync(FILE, 'utf8');
  const [before = ''] = text.split(BEGIN);
  const after = text.split(END)[1] ?? '\n';
  writeFileSync(FILE, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}
