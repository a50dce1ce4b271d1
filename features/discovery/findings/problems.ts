import type { Finding } from '#lib/checks/finding.ts';
import type { Problem } from '../problem.ts';
import { discoveryProblemFinding } from './discovery-problems.ts';
import { signInProblemFinding } from './sign-in-problems.ts';

/** A reason to stop as a finding: what was observed, the section it breaks, and what to do. */
export function problemFinding(problem: Problem): Finding {
  switch (problem.reason) {
    case 'url_invalid':
    case 'not_fetched':
    case 'redirected':
    case 'resource_metadata_invalid':
    case 'protected_resource_metadata_missing':
    case 'document_invalid':
    case 'resource_mismatch':
    case 'authorization_servers_missing':
    case 'issuer_invalid':
    case 'authorization_server_metadata_missing':
    case 'issuer_mismatch':
    case 'endpoint_invalid':
    case 'endpoint_missing':
    case 'pkce_unsupported':
      return discoveryProblemFinding(problem);
    default:
      return signInProblemFinding(problem);
  }
}
