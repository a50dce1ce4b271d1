import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import { bySeverity, type Finding, hasError } from '#lib/checks/finding.ts';

const MARKS = { error: 'ERROR  ', warning: 'WARNING', note: 'NOTE   ', passed: 'PASSED ' } as const;

/** The subject of an examination and its findings. */
export type Examination = { subject: string; findings: readonly Finding[]; exchanges: readonly Exchange[] };

/** Prints an exchange when it has ended. */
export function printExchange(event: TraceEvent): void {
  if (event.type !== 'exchange' || event.exchange.evidence !== undefined) return;
  const { request, response, durationMs, error } = event.exchange;
  console.log(`${request.method} ${request.url}\n  ${response?.status ?? error} in ${durationMs} ms`);
}

function printFinding({ severity, title, observed, reference, fix }: Finding): void {
  console.log(`\n${MARKS[severity]} ${title}`);
  console.log(`        Observed:   ${observed}`);
  if (fix !== undefined) console.log(`        How to fix: ${fix}`);
  console.log(`        Reference:  ${reference.name}${reference.url ? ` <${reference.url}>` : ''}`);
}

/**
 * Prints the findings, the most severe first, or everything as JSON.
 *
 * @returns the exit code: 1 when there is an error
 */
export function printExamination({ subject, findings, exchanges }: Examination, json: boolean): number {
  const sorted = bySeverity(findings);
  if (json) console.log(JSON.stringify({ subject, findings: sorted, exchanges }, null, 2));
  else if (sorted.length === 0) console.log('\nNo findings.');
  else for (const finding of sorted) printFinding(finding);
  return hasError(sorted) ? 1 : 0;
}
