/** From the most to the least severe. */
export const SEVERITIES = ['error', 'warning', 'note', 'passed'] as const;

/**
 * - `error`: clients cannot continue, must not continue, or the deployment does not work.
 * - `warning`: some clients cannot continue, or it is not safe.
 * - `note`: worth knowing, or not known yet.
 * - `passed`: checked and correct.
 */
export type Severity = (typeof SEVERITIES)[number];

/** A section of a standard or a document. */
export type Reference = { name: string; url?: string };

/**
 * The result of one check: of a server, of a client metadata document, or of this deployment. All texts are safe to
 * display; `observed` may quote the other side, sanitized.
 */
export type Finding = {
  /** Stable name of the check, kebab-case. */
  id: string;
  severity: Severity;
  title: string;
  observed: string;
  /** How to fix it; absent when there is nothing to do. */
  fix?: string;
  reference: Reference;
  /** Id of the recorded exchange that shows it. */
  exchangeId?: string;
};

/** Sorts findings from the most to the least severe; the order within a severity stays. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Whether any finding is an error. */
export function hasError(findings: readonly Pick<Finding, 'severity'>[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** A section of an RFC. */
export const rfc = (number: number, section: string): Reference => ({
  name: `RFC ${number} section ${section}`,
  url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
});
