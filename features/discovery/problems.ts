import type { Finding } from '#lib/checks/finding.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { STANDARDS } from './standards.ts';
import type { FetchFailure } from './trace.ts';

/** The document or answer that was fetched, as text to display. */
export type Subject =
  | 'the MCP server'
  | 'the protected resource metadata'
  | 'the authorization server metadata'
  | 'the registration endpoint'
  | 'the token endpoint';

/** Why discovery stops. A `got` or `value` comes from the other side and is untrusted text. */
export type DiscoveryProblem =
  | { reason: 'url_invalid'; url: string; why: 'not_a_url' | 'scheme' | 'credentials' | 'fragment' }
  | { reason: 'not_fetched'; exchangeId: string; subject: Subject; failure: FetchFailure }
  | { reason: 'redirected'; exchangeId: string; subject: Subject; location: string }
  | { reason: 'wrong_path'; exchangeId: string; url: string; resource: string; status: number | undefined }
  | { reason: 'not_mcp'; exchangeId: string; status: number; contentType: string }
  | { reason: 'resource_metadata_invalid'; exchangeId: string; value: string; why: 'relative' | 'scheme' }
  | { reason: 'protected_resource_metadata_missing'; exchangeId: string | undefined }
  | { reason: 'document_invalid'; exchangeId: string; subject: Subject; why: string }
  | { reason: 'resource_mismatch'; exchangeId: string; got: string; expected: string }
  | { reason: 'authorization_servers_missing'; exchangeId: string }
  | { reason: 'issuer_invalid'; exchangeId: string; value: string }
  | { reason: 'authorization_server_metadata_missing'; exchangeId: string | undefined; issuer: string }
  | { reason: 'issuer_mismatch'; exchangeId: string; got: string; expected: string }
  | { reason: 'endpoint_invalid'; exchangeId: string; field: string; value: string }
  | { reason: 'endpoint_missing'; exchangeId: string; field: string }
  | { reason: 'pkce_unsupported'; exchangeId: string; methods: readonly string[] | undefined };

/** Untrusted text in quotes, sanitized. */
export const quote = (text: string) => `"${sanitize(text, 200)}"`;

const URL_PROBLEMS = {
  not_a_url: 'This is not a URL.',
  scheme: 'Only https URLs can be inspected, and on a local deployment http URLs of this computer.',
  credentials: 'The URL has a user name or a password.',
  fragment: 'The URL has a fragment, which a resource identifier must not have.',
};

const FAILURES: Record<FetchFailure, { observed: string; fix: string }> = {
  cancelled: { observed: 'the client cancelled the request', fix: 'Send it again.' },
  unreachable: {
    observed: 'it did not answer: unreachable from here, too slow, or not a public https address',
    fix: 'Serve it at a public https address on port 443, within seconds. Look for bot protection or a firewall in front of it.',
  },
  not_listening: {
    observed: 'nothing listens on this port',
    fix: 'Start the server, or correct the port in the URL.',
  },
  too_large: {
    observed: 'the response is larger than a client should accept',
    fix: 'Answer with a few kilobytes at most.',
  },
  encoded: {
    observed: 'the response is compressed although no encoding was requested',
    fix: 'Compress only when the request has accept-encoding.',
  },
  limited: { observed: 'too many requests were made from here', fix: 'Wait a minute and run again.' },
};

const RESPONSES: Record<Subject, Finding['reference']> = {
  'the MCP server': STANDARDS.unauthorized,
  'the protected resource metadata': STANDARDS.resourceMetadataResponse,
  'the authorization server metadata': STANDARDS.serverMetadataResponse,
  'the registration endpoint': STANDARDS.registrationError,
  'the token endpoint': STANDARDS.tokenResponse,
};

const upper = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** How two identifiers differ, by the usual mistakes. */
function difference(got: string, expected: string): string {
  if (!URL.canParse(got) || !URL.canParse(expected)) return 'It is not the requested URL.';
  const [a, b] = [new URL(got), new URL(expected)];
  if (a.protocol !== b.protocol) return `The scheme differs: ${a.protocol} against ${b.protocol}.`;
  if (a.host !== b.host) return `The host differs: ${sanitize(a.host, 100)} against ${b.host}.`;
  if (a.pathname.replace(/\/+$/, '') === b.pathname.replace(/\/+$/, ''))
    return 'Only a trailing slash differs.';
  return `The path differs: ${sanitize(a.pathname, 100)} against ${b.pathname}.`;
}

/** Makes the finding of a problem: an error, with the exchange that shows it. */
export function errorOf(problem: object) {
  const exchange =
    'exchangeId' in problem && problem.exchangeId ? { exchangeId: String(problem.exchangeId) } : {};
  return (id: string, title: string, rest: Pick<Finding, 'observed' | 'reference' | 'fix'>): Finding => {
    return { id, severity: 'error', title, ...rest, ...exchange };
  };
}

/** A problem of discovery as a finding. */
export function discoveryProblemFinding(problem: DiscoveryProblem): Finding {
  const error = errorOf(problem);
  switch (problem.reason) {
    case 'url_invalid':
      return error('url-invalid', 'This URL cannot be inspected', {
        observed: `${quote(problem.url)}: ${URL_PROBLEMS[problem.why]}`,
        reference: STANDARDS.httpsUrls,
        fix: 'Enter the https URL that users paste into their MCP client.',
      });
    case 'not_fetched':
      return error('not-fetched', `${upper(problem.subject)} could not be fetched`, {
        observed: `${upper(problem.subject)}: ${FAILURES[problem.failure].observed}.`,
        reference: STANDARDS.httpsUrls,
        fix: FAILURES[problem.failure].fix,
      });
    case 'redirected':
      return error('redirected', `${upper(problem.subject)} redirects`, {
        observed: `The response redirects to ${quote(problem.location)}. It was not followed: a redirect could send the client and its credentials anywhere.`,
        reference: RESPONSES[problem.subject],
        fix: 'Answer at exactly this URL with 200 (or 401), or publish the URL of the redirect. The usual causes are a trailing slash and http instead of https.',
      });
    case 'wrong_path':
      return error('wrong-path', 'This is not the URL of the MCP server', {
        observed: `${problem.status === undefined ? 'The response redirects' : `A request of MCP got status ${problem.status}`}. The metadata of this host names ${quote(problem.resource)} as the MCP server.`,
        reference: STANDARDS.mcpDiscovery,
        fix: `${new URL(problem.url).pathname === '/' ? `You left out ${sanitize(new URL(problem.resource).pathname, 100)}: connect` : 'Connect'} to ${sanitize(problem.resource, 200)}.`,
      });
    case 'not_mcp':
      return error('not-mcp', 'This is not an MCP server', {
        observed: `A request of MCP got status ${problem.status} and ${problem.contentType === '' ? 'no Content-Type' : sanitize(problem.contentType, 80)}, and there is no protected resource metadata.`,
        reference: STANDARDS.mcpErrors,
        fix: 'Enter the URL of the MCP server, as its documentation names it: it often ends in /mcp. A server that has only the HTTP+SSE transport of 2024 answers like this as well.',
      });
    case 'resource_metadata_invalid':
      return error('resource-metadata-not-absolute', 'resource_metadata is not an absolute https URL', {
        observed: `resource_metadata=${quote(problem.value)} ${problem.why === 'relative' ? 'is not an absolute URL' : 'is not an https URL'}.`,
        reference: STANDARDS.resourceMetadataParameter,
        fix: 'Set resource_metadata to the absolute https URL of the protected resource metadata.',
      });
    case 'protected_resource_metadata_missing':
      return error('protected-resource-metadata-missing', 'There is no protected resource metadata', {
        observed:
          'It is neither in the challenge nor at a well-known URL, so a client cannot find the authorization server.',
        reference: STANDARDS.mcpDiscovery,
        fix: 'Serve it at /.well-known/oauth-protected-resource followed by the path of the server, and set resource_metadata in the challenge.',
      });
    case 'document_invalid':
      return error('document-invalid', `${upper(problem.subject)} cannot be read`, {
        observed: `${upper(problem.subject)}: ${sanitize(problem.why)}.`,
        reference: RESPONSES[problem.subject],
        fix: 'Answer 200 with a JSON object and the media type application/json.',
      });
    case 'resource_mismatch':
      return error('resource-mismatch', 'resource is not the URL of this server', {
        observed: `resource is ${quote(problem.got)}, the requested URL is ${quote(problem.expected)}. ${difference(problem.got, problem.expected)}`,
        reference: STANDARDS.resourceValidation,
        fix: `Set resource to exactly ${quote(problem.expected)}, or publish the URL in resource as the URL to connect to.`,
      });
    case 'authorization_servers_missing':
      return error('authorization-servers-missing', 'No authorization server is listed', {
        observed: 'authorization_servers is missing or empty.',
        reference: STANDARDS.mcpDiscovery,
        fix: 'List the issuer of the tokens that this server accepts in authorization_servers.',
      });
    case 'issuer_invalid':
      return error('issuer-invalid', 'An authorization server is not a valid issuer', {
        observed: `authorization_servers has ${quote(problem.value)}, which is not an https URL without query and fragment.`,
        reference: STANDARDS.serverMetadataFields,
        fix: "List the issuer exactly as in the issuer's own metadata.",
      });
    case 'authorization_server_metadata_missing':
      return error(
        'authorization-server-metadata-missing',
        'The authorization server publishes no metadata',
        {
          observed: `There is no document at the well-known URLs of ${quote(problem.issuer)}.`,
          reference: STANDARDS.mcpServerMetadata,
          fix: 'Check that authorization_servers lists the issuer, not an endpoint, and that the issuer serves its metadata.',
        },
      );
    case 'issuer_mismatch':
      return error('issuer-mismatch', 'The metadata belongs to another issuer', {
        observed: `issuer is ${quote(problem.got)}, the metadata of ${quote(problem.expected)} was requested. ${difference(problem.got, problem.expected)} A client must not use it.`,
        reference: STANDARDS.issuerValidation,
        fix: 'List the issuer in authorization_servers exactly as in its metadata, including a trailing slash.',
      });
    case 'endpoint_invalid':
      return error('endpoint-invalid', `${problem.field} is not an https URL`, {
        observed: `${problem.field} is ${quote(problem.value)}.`,
        reference: STANDARDS.mcpHttps,
        fix: 'Publish an https URL.',
      });
    case 'endpoint_missing':
      return error('endpoint-missing', `${problem.field} is missing`, {
        observed: `The authorization server metadata has no ${problem.field}.`,
        reference: STANDARDS.serverMetadataFields,
        fix: `Publish ${problem.field}.`,
      });
    case 'pkce_unsupported':
      return error('pkce-s256-missing', 'PKCE with S256 is not advertised', {
        observed:
          problem.methods === undefined
            ? 'code_challenge_methods_supported is missing. Clients must then refuse to continue.'
            : `code_challenge_methods_supported is ${quote(problem.methods.join(' '))}.`,
        reference: STANDARDS.mcpPkce,
        fix: 'Support PKCE with S256 and list it in code_challenge_methods_supported.',
      });
  }
}
