import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import { bySeverity, type Finding, hasError } from '#lib/checks/finding.ts';

const MARKS = { error: 'ERROR  ', warning: 'WARNING', note: 'NOTE   ', passed: 'PASSED ' } as const;

/** The subject of an examination and its findings. */
export type Examination = { subject: string; findings: readonly Finding[]; exchanges: readonly Exchange[] };

type Print = (text: string) => void;

/** Prints an exchange when it has ended. */
export function printExchange(event: TraceEvent, print: Print = console.log): void {
  if (event.type !== 'exchange' || event.exchange.evidence !== undefined) return;
  const { request, response, durationMs, error } = event.exchange;
  print(`${request.method} ${request.url}\n  ${response?.status ?? error} in ${durationMs} ms`);
}

function printFinding({ severity, title, observed, reference, fix }: Finding, print: Print): void {
  print(`\n${MARKS[severity]} ${title}`);
  print(`        Observed:   ${observed}`);
  if (fix !== undefined) print(`        How to fix: ${fix}`);
  print(`        Reference:  ${reference.name}${reference.url ? ` <${reference.url}>` : ''}`);
}

/**
 * Prints the findings, the most severe first, or everything as JSON.
 *
 * @returns the exit code: 1 when there is an error
 */
export function printExamination(
  { subject, findings, exchanges }: Examination,
  json: boolean,
  print: Print = console.log,
): number {
  const sorted = bySeverity(findings);
  if (json) print(JSON.stringify({ subject, findings: sorted, exchanges }, null, 2));
  else if (sorted.length === 0) print('\nNo findings.');
  else for (const finding of sorted) printFinding(finding, print);
  return hasError(sorted) ? 1 : 0;
}
