import { sanitize } from '#lib/text/sanitize.ts';
import type { Finding, Reference, Severity } from './finding.ts';

/** Examines a subject. Returns nothing when the rule does not apply or has nothing to report. */
export type Rule<Subject> = (subject: Subject) => Finding | readonly Finding[] | undefined;

/** Applies rules to a subject and returns their findings in the order of the rules. */
export function applyRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Finding[] {
  return rules.flatMap((rule) => rule(subject) ?? []);
}

/** A check that is reported when it passes as well, with a title for each result. */
export type Check = {
  id: string;
  passed: string;
  failed: string;
  /** Title of a warning, when it differs from `failed`. */
  warning?: string;
  fix: string;
  reference: Reference;
};

const MAX_OBSERVED_CHARACTERS = 300;

/**
 * A finding for a check.
 *
 * @param observed - may quote untrusted text: it is sanitized and shortened to 300 characters
 *
 * @example
 * url.protocol === 'https:' ? passed(CHECKS.https, 'https') : failed(CHECKS.https, url.protocol)
 */
export const passed = (check: Check, observed: string): Finding => result(check, 'passed', observed);
export const warning = (check: Check, observed: string): Finding => result(check, 'warning', observed);
export const failed = (check: Check, observed: string): Finding => result(check, 'error', observed);

function result(check: Check, severity: Exclude<Severity, 'note'>, observed: string): Finding {
  const { id, reference, fix } = check;
  const titles = { passed: check.passed, warning: check.warning ?? check.failed, error: check.failed };
  const finding = {
    id,
    severity,
    title: titles[severity],
    observed: sanitize(observed, MAX_OBSERVED_CHARACTERS),
    reference,
  };
  return severity === 'passed' ? finding : { ...finding, fix };
}
