import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#features/discovery/finding.ts';
import { bySeverity } from '#features/discovery/severity.ts';

const MARKS = { error: 'ERROR  ', warning: 'WARNING', note: 'NOTE   ' } as const;

/** What was looked at, and what there is to say about it. */
export type Examination = { subject: string; findings: readonly Finding[]; exchanges: readonly Exchange[] };

/** Prints an exchange when it has its answer. */
export function printExchange(event: TraceEvent): void {
  if (event.type !== 'exchange' || event.exchange.ledOn !== undefined) return;
  const { request, response, durationMs, error } = event.exchange;
  console.log(`${request.method} ${request.url}\n  ${response?.status ?? error} in ${durationMs} ms`);
}

function printFinding({ severity, title, seen, standard, fix }: Finding): void {
  console.log(`\n${MARKS[severity]} ${title}`);
  console.log(`        Seen: ${seen}`);
  console.log(`        Fix:  ${fix}`);
  console.log(`        See:  ${standard.name}${standard.url ? ` <${standard.url}>` : ''}`);
}

/**
 * Prints the findings, gravest first, or everything as JSON.
 *
 * @returns the exit code: 1 when there is an error
 */
export function printExamination({ subject, findings, exchanges }: Examination, json: boolean): number {
  const sorted = bySeverity(findings);
  if (json) console.log(JSON.stringify({ subject, findings: sorted, exchanges }, null, 2));
  else if (sorted.length === 0) console.log('\nNothing to report.');
  else for (const finding of sorted) printFinding(finding);
  return sorted.some(({ severity }) => severity === 'error') ? 1 : 0;
}
