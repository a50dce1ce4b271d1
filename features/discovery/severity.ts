import { type Finding, SEVERITIES } from './finding.ts';

/** `findings` with the gravest first; the order within a severity stays. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
