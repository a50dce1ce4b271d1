import { readFileSync, writeFileSync } from 'node:fs';
import { type Row, STEPS } from './client.ts';

const FILE = 'docs/clients.md';
/** The last row of each client, so that a run of some clients keeps those of the others. */
const RESULTS = new URL('results.json', import.meta.url);
const BEGIN = '<!-- matrix: written by npm run test:clients -->';
const END = '<!-- /matrix -->';

const results = (): Record<string, Row> => JSON.parse(readFileSync(RESULTS, 'utf8'));

export function keepRow(id: string, row: Row): void {
  writeFileSync(RESULTS, `${JSON.stringify({ ...results(), [id]: row }, null, 2)}\n`);
}

export const lineOf = ({ client, cells }: Row) =>
  `${client}: ${STEPS.map((step) => [step, cells[step].result, cells[step].note && `[${cells[step].note}]`].filter(Boolean).join(' ')).join(', ')}`;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const title = (step: string) => `${step[0]?.toUpperCase()}${step.slice(1)}`;

/** Replaces the table of `docs/clients.md`, with the clients in this order. */
export function writeMatrix(ids: readonly string[]): void {
  const rows = ids.flatMap((id) => results()[id] ?? []);
  const notes = rows.flatMap(({ client, cells, remark }) => {
    const said = STEPS.flatMap((step) => {
      const { result, note } = cells[step];
      return note === undefined || result === 'ok' ? [] : [`  - ${title(step)}, ${result}: ${cell(note)}`];
    });
    if (said.length === 0 && remark === undefined) return [];
    return [`- **${client}**${remark === undefined ? '' : `: ${remark}`}`, ...said];
  });
  const table = [
    `| Client | Package | Registration | ${STEPS.map(title).join(' | ')} | Seen |`,
    `| --- | --- | --- | ${STEPS.map(() => '---').join(' | ')} | --- |`,
    ...rows.map((row) => {
      const seen = STEPS.map((step) => row.cells[step].result);
      return `| ${[row.client, `${row.package} ${row.version}`, row.registration, ...seen, row.seen].join(' | ')} |`;
    }),
    '',
    ...notes,
  ].join('\n');
  const text = readFileSync(FILE, 'utf8');
  const [before = ''] = text.split(BEGIN);
  const after = text.split(END)[1] ?? '\n';
  writeFileSync(FILE, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}
