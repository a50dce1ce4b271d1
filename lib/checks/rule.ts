import { sanitize } from '#lib/text/sanitize.ts';
import type { Finding, Reference } from './finding.ts';

/** Examines a subject. Returns nothing when the rule does not apply or has nothing to report. */
export type Rule<Subject> = (subject: Subject) => Finding | readonly Finding[] | undefined;

/** Applies rules to a subject and returns their findings in the order of the rules. */
export function applyRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Finding[] {
  return rules.flatMap((rule) => rule(subject) ?? []);
}

/** A check that is reported when it passes as well. */
export type Check = {
  id: string;
  /** Without `failed` a neutral title, which fits every result. */
  title: string;
  /** Title of a warning or an error. */
  failed?: string;
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
export const passed = (check: Check, observed: string): Finding => {
  const { id, title, reference } = check;
  return { id, severity: 'passed', title, observed: sanitize(observed, MAX_OBSERVED_CHARACTERS), reference };
};
export const warning = (check: Check, observed: string) => problem(check, 'warning', observed);
export const failed = (check: Check, observed: string) => problem(check, 'error', observed);

function problem(check: Check, severity: 'warning' | 'error', observed: string): Finding {
  const { fix, failed: title = check.title } = check;
  return { ...passed(check, observed), severity, title, fix };
}
