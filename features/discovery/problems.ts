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

const quote = (text: string) => `"${sanitize(text, 200)}"`;

const URL_PROBLEMS = {
  not_a_url: 'This is not a URL.',
  scheme: 'Only https URLs can be inspected; on a local deployment also http URLs of this machine.',
  credentials: 'The URL holds a user name or a password.',
  fragment: 'The URL has a fragment, which a resource identifier must not have.',
};

const FAILURES: Record<FetchFailure, { observed: string; fix: string }> = {
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

/** How two identifiers differ, in the words of the usual mistakes. */
function difference(got: string, expected: string): string {
  if (!URL.canParse(got) || !URL.canParse(expected)) return 'It is not the URL that was asked for.';
  const [a, b] = [new URL(got), new URL(expected)];
  if (a.protocol !== b.protocol) return `The scheme differs: ${a.protocol} against ${b.protocol}.`;
  if (a.host !== b.host) return `The host differs: ${sanitize(a.host, 100)} against ${b.host}.`;
  if (a.pathname.replace(/\/+$/, '') === b.pathname.replace(/\/+$/, ''))
    return 'Only a trailing slash differs.';
  return `The path differs: ${sanitize(a.pathname, 100)} against ${b.pathname}.`;
}

/** A problem of discovery in words. */
export function discoveryProblemFinding(problem: DiscoveryProblem): Finding {
  const exchange = 'exchangeId' in problem && problem.exchangeId ? { exchangeId: problem.exchangeId } : {};
  const error = (
    id: string,
    title: string,
    rest: Pick<Finding, 'observed' | 'reference' | 'fix'>,
  ): Finding => ({
    id,
    severity: 'error',
    title,
    ...rest,
    ...exchange,
  });
  switch (problem.reason) {
    case 'url_invalid':
      return error('url-invalid', 'This URL cannot be inspected', {
        observed: `${quote(problem.url)}: ${URL_PROBLEMS[problem.why]}`,
        reference: STANDARDS.httpsUrls,
        fix: 'Enter the https URL that people paste into their MCP client.',
      });
    case 'not_fetched':
      return error('not-fetched', `${upper(problem.subject)} could not be fetched`, {
        observed: `${upper(problem.subject)}: ${FAILURES[problem.failure].observed}.`,
        reference: STANDARDS.httpsUrls,
        fix: FAILURES[problem.failure].fix,
      });
    case 'redirected':
      return error('redirected', `${upper(problem.subject)} redirects`, {
        observed: `The answer is a redirect to ${quote(problem.location)}. It was not followed: a redirect could lead a client, and what it sends, anywhere.`,
        reference: RESPONSES[problem.subject],
        fix: 'Answer at this very URL with 200 (or 401), or publish the URL that it redirects to. Trailing slashes and http to https are the usual reasons.',
      });
    case 'resource_metadata_invalid':
      return error(
        'resource-metadata-not-absolute',
        'resource_metadata is not a URL that a client may fetch',
        {
          observed: `resource_metadata=${quote(problem.value)} ${problem.why === 'relative' ? 'is not an absolute URL' : 'is not an https URL'}.`,
          reference: STANDARDS.resourceMetadataParameter,
          fix: 'Put the absolute https URL of the protected resource metadata into the challenge.',
        },
      );
    case 'protected_resource_metadata_missing':
      return error('protected-resource-metadata-missing', 'There is no protected resource metadata', {
        observed:
          'Neither the challenge nor the well-known places lead to it, so a client cannot learn the authorization server.',
        reference: STANDARDS.mcpDiscovery,
        fix: 'Serve it at /.well-known/oauth-protected-resource followed by the path of the server, and name it in the challenge.',
      });
    case 'document_invalid':
      return error('document-invalid', `${upper(problem.subject)} cannot be read`, {
        observed: `${upper(problem.subject)}: ${sanitize(problem.why)}.`,
        reference: RESPONSES[problem.subject],
        fix: 'Answer 200 with a JSON object and the media type application/json.',
      });
    case 'resource_mismatch':
      return error('resource-mismatch', 'resource is not the URL of this server', {
        observed: `resource is ${quote(problem.got)}, the URL asked is ${quote(problem.expected)}. ${difference(problem.got, problem.expected)}`,
        reference: STANDARDS.resourceValidation,
        fix: `Set resource to ${quote(problem.expected)}, to the character, or tell people to connect to the URL it names.`,
      });
    case 'authorization_servers_missing':
      return error('authorization-servers-missing', 'No authorization server is named', {
        observed: 'authorization_servers is missing or empty.',
        reference: STANDARDS.mcpDiscovery,
        fix: 'List the issuer of the tokens this server accepts in authorization_servers.',
      });
    case 'issuer_invalid':
      return error('issuer-invalid', 'An authorization server is not an issuer that a client may use', {
        observed: `authorization_servers holds ${quote(problem.value)}, which is not an https URL without query and fragment.`,
        reference: STANDARDS.serverMetadataFields,
        fix: "Name the authorization server by its issuer, exactly as the issuer's own metadata writes it.",
      });
    case 'authorization_server_metadata_missing':
      return error(
        'authorization-server-metadata-missing',
        'The authorization server publishes no metadata',
        {
          observed: `No document at any of the well-known places of ${quote(problem.issuer)}.`,
          reference: STANDARDS.mcpServerMetadata,
          fix: 'Check that authorization_servers names the issuer, not an endpoint, and that the issuer serves its metadata.',
        },
      );
    case 'issuer_mismatch':
      return error('issuer-mismatch', 'The metadata belongs to another issuer', {
        observed: `issuer is ${quote(problem.got)}, the metadata was asked of ${quote(problem.expected)}. ${difference(problem.got, problem.expected)} A client must not use it.`,
        reference: STANDARDS.issuerValidation,
        fix: 'Write the issuer in authorization_servers exactly as in its metadata, trailing slash included.',
      });
    case 'endpoint_invalid':
      return error('endpoint-invalid', `${problem.field} is not a URL that a client may use`, {
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
      return error('pkce-s256-missing', 'S256 is not advertised for PKCE', {
        observed:
          problem.methods === undefined
            ? 'code_challenge_methods_supported is missing. Clients must then refuse to go on.'
            : `code_challenge_methods_supported is ${quote(problem.methods.join(' '))}.`,
        reference: STANDARDS.mcpPkce,
        fix: 'Support PKCE with S256 and list it in code_challenge_methods_supported.',
      });
  }
}
