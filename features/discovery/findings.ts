import type { Finding } from '#lib/checks/finding.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Discovery } from './discovery.ts';
import { Masker } from './masking.ts';
import { type DiscoveryProblem, discoveryProblemFinding } from './problems.ts';
import { inRevision } from './revision.ts';
import { AUTHORIZATION_SERVER_RULES } from './rules/authorization-server.ts';
import { CHALLENGE_RULES } from './rules/challenge.ts';
import { METADATA_RULES } from './rules/metadata.ts';
import { STANDARDS } from './standards.ts';

const RULES: readonly Rule<Discovery>[] = [
  ...CHALLENGE_RULES,
  ...METADATA_RULES,
  ...AUTHORIZATION_SERVER_RULES,
];

/** What was put in front of an entered URL, so that the person sees which server was examined. */
const schemeAdded: Rule<Discovery> = ({ schemeAdded: scheme, serverUrl, exchanges }) =>
  scheme === undefined || exchanges.length === 0
    ? undefined
    : {
        id: 'scheme-added',
        severity: 'note',
        title: `The URL has no scheme; ${scheme}:// was put in front`,
        observed: `${sanitize(serverUrl, 200)} was examined.`,
        reference: STANDARDS.urlSyntax,
        fix: 'Give people the whole URL: many clients accept no other.',
      };

/**
 * All findings about a server after discovery, the most severe first: its problems and the results of the rules, with the
 * sections of the revision that the server is judged by. A credential in the URL of the server is hidden.
 */
export function discoveryFindings(discovery: Discovery): Finding[] {
  const { challenge, revision, serverUrl } = discovery;
  // A server without authorization needs no metadata.
  const problems = challenge?.outcome === 'open' ? [] : discovery.problems;
  const shown = new Masker().url(serverUrl);
  const secret = URL.canParse(serverUrl) && new URL(serverUrl).href !== shown;
  const hide = (text: string) => (secret ? text.replaceAll(serverUrl, shown) : text);
  return bySeverity([
    ...problems.map((problem) => problemIn(discovery, problem)),
    ...applyRules([schemeAdded, ...RULES], discovery),
  ])
    .map((finding) => inRevision(finding, revision))
    .map((finding) => ({
      ...finding,
      observed: hide(finding.observed),
      ...(finding.fix !== undefined && { fix: hide(finding.fix) }),
    }));
}

/** A missing PKCE advertisement stops clients of the revisions that demand it; 2025-06-18 does not. */
function problemIn({ revision }: Discovery, problem: DiscoveryProblem): Finding {
  const finding = discoveryProblemFinding(problem);
  return revision === '2025-06-18' && problem.reason === 'pkce_unsupported' && problem.methods === undefined
    ? { ...finding, severity: 'warning', observed: 'code_challenge_methods_supported is missing.' }
    : finding;
}
