import type { Discovery } from './discovery.ts';
import { type Finding, SEVERITIES } from './finding.ts';
import type { Rule } from './findings/advice.ts';
import { AUTHORIZATION_SERVER_RULES } from './findings/authorization-server-rules.ts';
import { CHALLENGE_RULES } from './findings/challenge-rules.ts';
import { METADATA_RULES } from './findings/metadata-rules.ts';
import { problemFinding } from './findings/problems.ts';

const RULES: readonly Rule[] = [...CHALLENGE_RULES, ...METADATA_RULES, ...AUTHORIZATION_SERVER_RULES];

/** `findings` with the gravest first; the order within a severity stays. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Everything to say about a server after discovery: its problems in words, then what every rule has to add. */
export function discoveryFindings(discovery: Discovery): Finding[] {
  // With no metadata to protect an open server, its absence is no mistake.
  const problems = discovery.challenge?.outcome === 'open' ? [] : discovery.problems;
  const advice = RULES.flatMap((rule) => rule(discovery) ?? []);
  return bySeverity([...problems.map(problemFinding), ...advice]);
}
