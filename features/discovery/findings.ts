import type { Discovery } from './discovery.ts';
import type { Finding } from './finding.ts';
import { AUTHORIZATION_SERVER_RULES } from './findings/authorization-server-rules.ts';
import { CHALLENGE_RULES } from './findings/challenge-rules.ts';
import { METADATA_RULES } from './findings/metadata-rules.ts';
import { problemFinding } from './findings/problems.ts';
import type { Rule } from './findings/rule.ts';
import { bySeverity } from './severity.ts';

const RULES: readonly Rule[] = [...CHALLENGE_RULES, ...METADATA_RULES, ...AUTHORIZATION_SERVER_RULES];

/** Everything to say about a server after discovery: its problems in words, then what every rule has to add. */
export function discoveryFindings(discovery: Discovery): Finding[] {
  // With no metadata to protect an open server, its absence is no mistake.
  const problems = discovery.challenge?.outcome === 'open' ? [] : discovery.problems;
  const advice = RULES.flatMap((rule) => rule(discovery) ?? []);
  return bySeverity([...problems.map(problemFinding), ...advice]);
}
