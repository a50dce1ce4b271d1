import type { Finding } from '#lib/checks/finding.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { FETCH_FAILURES, type FetchFailure, failureText } from './fetch-failure.ts';
import { STANDARDS } from './standards.ts';
import type { Answer } from './trace.ts';

/** The document or answer that was fetched, as text to display. */
export type Subject =
  | 'the MCP server'
  | 'the protected resource metadata'
  | 'the authorization server metadata'
  | 'the registration endpoint'
  | 'the token endpoint';

/** A place where a document was looked for, and the status of the response; undefined without one. */
export type Seen = { url: string; status: number | undefined };

/** What went wrong. A `got` or `value` comes from the other side and is untrusted text. */
export type DiscoveryProblem =
  | { reason: 'url_invalid'; url: string; why: 'not_a_url' | 'scheme' | 'credentials' | 'fragment' }
  | {
      reason: 'not_fetched';
      exchangeId: string;
      subject: Subject;
      failure: FetchFailure;
      /** Host and port of the URL. */
      host?: string;
      durationMs?: number;
    }
  | { reason: 'redirected'; exchangeId: string; subject: Subject; location: string }
  | {
      reason: 'wrong_path';
      exchangeId: string;
      url: string;
      resource: string;
      status: number | undefined;
      /** Whether the metadata of the host names the other URL, or the other URL answers as an MCP server. */
      foundBy: 'metadata' | 'probe';
    }
  | {
      reason: 'not_mcp';
      exchangeId: string;
      status: number;
      contentType: string;
      kind: 'web_page' | 'not_found' | 'other' | 'sse';
      /** Whether each place of protected resource metadata answered that there is none. */
      metadataAbsent: boolean;
    }
  | { reason: 'resource_metadata_invalid'; exchangeId: string; value: string; why: 'relative' | 'scheme' }
  | {
      reason: 'protected_resource_metadata_missing';
      exchangeId: string | undefined;
      seen?: readonly Seen[];
    }
  | { reason: 'document_status'; exchangeId: string; subject: Subject; status: number }
  | { reason: 'document_is_html'; exchangeId: string; subject: Subject }
  | { reason: 'document_not_json'; exchangeId: string; subject: Subject; contentType: string }
  | { reason: 'document_invalid'; exchangeId: string; subject: Subject; why: string }
  | { reason: 'resource_mismatch'; exchangeId: string; got: string; expected: string }
  | { reason: 'authorization_servers_missing'; exchangeId: string }
  | { reason: 'issuer_invalid'; exchangeId: string; value: string }
  | {
      reason: 'authorization_server_metadata_missing';
      exchangeId: string | undefined;
      issuer: string;
      seen?: readonly Seen[];
    }
  | { reason: 'issuer_mismatch'; exchangeId: string; got: string; expected: string }
  | { reason: 'endpoint_invalid'; exchangeId: string; field: string; value: string }
  | { reason: 'endpoint_missing'; exchangeId: string; field: string }
  | { reason: 'pkce_unsupported'; exchangeId: string; methods: readonly string[] | undefined };

/** Untrusted text in quotes, sanitized. */
export const quote = (text: string) => `"${sanitize(text, 200)}"`;

const URL_PROBLEMS = {
  not_a_url: 'This is not a URL.',
  scheme: 'Only https URLs can be inspected, and on a local deployment http URLs of localhost.',
  credentials: 'The URL has a user name or a password.',
  fragment: 'The URL has a fragment, which a resource identifier must not have.',
};

const RESPONSES: Record<Subject, Finding['reference']> = {
  'the MCP server': STANDARDS.unauthorized,
  'the protected resource metadata': STANDARDS.resourceMetadataResponse,
  'the authorization server metadata': STANDARDS.serverMetadataResponse,
  'the registration endpoint': STANDARDS.registrationError,
  'the token endpoint': STANDARDS.tokenResponse,
};

const upper = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const lower = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** The problem of a request without a response. */
export function notFetched(
  { exchange, failure }: Extract<Answer, { failure: FetchFailure }>,
  subject: Subject,
): Extract<DiscoveryProblem, { reason: 'not_fetched' }> {
  const host = URL.parse(exchange.request.url)?.host;
  const { id: exchangeId, durationMs } = exchange;
  return { reason: 'not_fetched', exchangeId, subject, failure, host, durationMs };
}

/** The answers of the places where a document was looked for. */
const answersOf = (seen: readonly Seen[] = []) =>
  seen.map(({ url, status }) => `${sanitize(url, 200)} answered ${status ?? 'nothing'}`).join('; ');

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
    case 'not_fetched': {
      const { id, title, observed, fix, reference } = FETCH_FAILURES[problem.failure];
      const seen = { host: problem.host ?? 'the host', durationMs: problem.durationMs };
      return error(id, `${upper(problem.subject)}: ${lower(title)}`, {
        observed: problem.host ? failureText(observed, seen) : upper(failureText(observed, seen)),
        reference,
        fix: failureText(fix, seen),
      });
    }
    case 'redirected':
      return error('redirected', `${upper(problem.subject)} redirects`, {
        observed: `The response redirects to ${quote(problem.location)}. It was not followed: a redirect could send the client and its credentials anywhere.`,
        reference: RESPONSES[problem.subject],
        fix: 'Answer at exactly this URL with 200 (or 401), or publish the URL of the redirect. The usual causes are a trailing slash and http instead of https.',
      });
    case 'wrong_path':
      return error('wrong-path', 'This is not the URL of the MCP server', {
        observed: `${problem.status === undefined ? 'The response redirects' : `A request of MCP got status ${problem.status}`}. ${problem.foundBy === 'metadata' ? `The metadata of this host names ${quote(problem.resource)} as the MCP server.` : `${quote(problem.resource)} answers as an MCP server.`}`,
        reference: STANDARDS.mcpDiscovery,
        fix: `${new URL(problem.url).pathname === '/' ? `You left out ${sanitize(new URL(problem.resource).pathname, 100)}: connect` : 'Connect'} to ${sanitize(problem.resource, 200)}.`,
      });
    case 'not_mcp':
      return notMcp(problem);
    case 'resource_metadata_invalid':
      return error('resource-metadata-not-absolute', 'resource_metadata is not an absolute https URL', {
        observed: `resource_metadata=${quote(problem.value)} ${problem.why === 'relative' ? 'is not an absolute URL' : 'is not an https URL'}.`,
        reference: STANDARDS.resourceMetadataParameter,
        fix: 'Set resource_metadata to the absolute https URL of the protected resource metadata.',
      });
    case 'protected_resource_metadata_missing':
      return error('protected-resource-metadata-missing', 'There is no protected resource metadata', {
        observed: `The challenge names none, so a client cannot find the authorization server. ${answersOf(problem.seen)}.`,
        reference: STANDARDS.mcpDiscovery,
        fix: 'Serve it at /.well-known/oauth-protected-resource followed by the path of the server, and set resource_metadata in the challenge.',
      });
    case 'document_status':
      return error('document-status', `${upper(problem.subject)}: expected 200, got ${problem.status}`, {
        observed: `The response has status ${problem.status}.`,
        reference: RESPONSES[problem.subject],
        fix:
          problem.status >= 500
            ? 'Look for the error in the log of the server.'
            : 'Serve the document at this URL without authentication, or publish another URL. Bot protection must let it pass.',
      });
    case 'document_is_html':
      return error('document-is-html', `${upper(problem.subject)}: the response is a web page`, {
        observed: 'The response is HTML in place of JSON.',
        reference: RESPONSES[problem.subject],
        fix: 'Serve the JSON document at this URL. A single-page app that answers each unknown path, a login page and bot protection answer like this.',
      });
    case 'document_not_json':
      return error('document-not-json', `${upper(problem.subject)}: the response is not JSON`, {
        observed: `The body cannot be parsed as JSON. ${problem.contentType === '' ? 'There is no Content-Type.' : `Content-Type is ${sanitize(problem.contentType, 80)}.`}`,
        reference: STANDARDS.json,
        fix: 'Answer 200 with a JSON object and the media type application/json.',
      });
    case 'document_invalid':
      return error('document-invalid', `${upper(problem.subject)} cannot be used`, {
        observed: `${upper(problem.subject)}: ${sanitize(problem.why)}.`,
        reference: RESPONSES[problem.subject],
        fix: 'Answer 200 with a JSON object that has the required fields, as application/json.',
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
          observed: `There is no document at the well-known URLs of ${quote(problem.issuer)}. ${answersOf(problem.seen)}.`,
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

const NOT_MCP = {
  web_page: {
    id: 'web-page',
    title: 'This is a web page, not an MCP server',
    fix: 'Enter the URL of the MCP server, as its documentation names it: it often ends in /mcp.',
  },
  not_found: {
    id: 'path-not-found',
    title: 'There is nothing at this path',
    fix: 'Check the path of the URL: it often ends in /mcp.',
  },
  other: {
    id: 'not-mcp',
    title: 'This is not an MCP server',
    fix: 'Enter the URL of the MCP server, as its documentation names it: it often ends in /mcp.',
  },
  sse: {
    id: 'sse-only',
    title: 'This server speaks only HTTP+SSE, the transport of MCP 2024-11-05',
    fix: 'Serve Streamable HTTP, which replaced it in 2025: many clients have no other transport. The inspector connects with HTTP+SSE, too.',
  },
};

function notMcp(problem: Extract<DiscoveryProblem, { reason: 'not_mcp' }>): Finding {
  const { id, title, fix } = NOT_MCP[problem.kind];
  const type = problem.contentType === '' ? 'no Content-Type' : sanitize(problem.contentType, 80);
  if (problem.kind === 'sse')
    return errorOf(problem)(id, title, {
      observed: `A POST got status ${problem.status}, and a GET got an event stream that begins with the event "endpoint". No Streamable HTTP was found here.`,
      reference: STANDARDS.mcpOldTransport,
      fix,
    });
  return errorOf(problem)(id, title, {
    observed: `A request of MCP got status ${problem.status} and ${type}${problem.metadataAbsent ? ', and there is no protected resource metadata' : ''}.`,
    reference: problem.kind === 'not_found' ? STANDARDS.notFound : STANDARDS.mcpErrors,
    fix,
  });
}
