import { sanitize } from '#lib/text/sanitize.ts';

export type Outcome = 'pass' | 'fail' | 'warning';

/** One thing a client metadata document was checked for. */
export type Rule = {
  id: string;
  title: string;
  outcome: Outcome;
  /** What was found, fit to be shown: text of the client is cleaned and cut. */
  seen: string;
  /** Where the rule comes from. */
  section: string;
};

/** A rule before it was applied; the outcome and what was seen are yet to come. */
export type RuleName = Omit<Rule, 'outcome' | 'seen'>;

const SEEN_LENGTH = 300;

export const pass = (rule: RuleName, seen: string): Rule => apply(rule, 'pass', seen);
export const fail = (rule: RuleName, seen: string): Rule => apply(rule, 'fail', seen);
export const warn = (rule: RuleName, seen: string): Rule => apply(rule, 'warning', seen);

function apply({ id, title, section }: RuleName, outcome: Outcome, seen: string): Rule {
  return { id, title, outcome, seen: sanitize(seen, SEEN_LENGTH), section };
}

/** A section of draft-ietf-oauth-client-id-metadata-document-02. */
export const cimd = (section: string) => `CIMD -02 section ${section}`;

/** A value of a document as text for `seen`. */
export function shown(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value) ?? 'absent');
}
