import type { Finding } from '#lib/checks/finding.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';
import type { Discovery } from './discovery.ts';
import { discoveryProblemFinding } from './problems.ts';
import { AUTHORIZATION_SERVER_RULES } from './rules/authorization-server.ts';
import { CHALLENGE_RULES } from './rules/challenge.ts';
import { METADATA_RULES } from './rules/metadata.ts';

const RULES: readonly Rule<Discovery>[] = [
  ...CHALLENGE_RULES,
  ...METADATA_RULES,
  ...AUTHORIZATION_SERVER_RULES,
];

/** All findings about a server after discovery, the most severe first: its problems and the results of the rules. */
export function discoveryFindings(discovery: Discovery): Finding[] {
  // A server without authorization needs no metadata.
  const problems = discovery.challenge?.outcome === 'open' ? [] : discovery.problems;
  return bySeverity([...problems.map(discoveryProblemFinding), ...applyRules(RULES, discovery)]);
}
