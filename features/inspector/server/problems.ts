import {
  type DiscoveryProblem,
  discoveryProblemFinding,
  errorOf,
  quote,
} from '#features/discovery/problems.ts';
import { STANDARDS } from '#features/discovery/standards.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** Why registration, sign-in or use of a server stops. */
type SignInProblem =
  // Registration
  | { reason: 'no_registration' }
  | { reason: 'registration_refused'; exchangeId: string; status: number; error: string }
  | { reason: 'client_of_another_issuer'; issuer: string; expected: string }
  | { reason: 'client_authentication_unsupported'; methods: readonly string[] }
  // Callback
  | { reason: 'state_missing' }
  | { reason: 'state_unknown' }
  | { reason: 'state_used' }
  | { reason: 'flow_of_another_person' }
  | { reason: 'callback_issuer_missing'; expected: string }
  | { reason: 'callback_issuer_mismatch'; got: string; expected: string }
  | { reason: 'authorization_refused'; error: string; description: string }
  | { reason: 'code_missing' }
  // Tokens
  | { reason: 'token_refused'; exchangeId: string; status: number; error: string; description: string }
  | { reason: 'token_invalid'; exchangeId: string; why: string }
  | { reason: 'refresh_refused'; exchangeId: string; error: string }
  | { reason: 'refresh_in_progress' }
  // Use
  | { reason: 'token_rejected'; exchangeId: string | undefined; error: string | undefined }
  /** Without a sign-in here: the person sent no credentials, or their own. */
  | {
      reason: 'access_refused';
      exchangeId: string;
      status: number;
      error: string | undefined;
      sent: 'nothing' | 'credentials';
    }
  | { reason: 'no_answer'; seconds: number }
  | { reason: 'endpoint_refused'; why: string }
  | { reason: 'stream_ended' }
  | { reason: 'question_expired' }
  | {
      reason: 'insufficient_scope';
      exchangeId: string | undefined;
      needed: readonly string[];
      granted: readonly string[];
    }
  | {
      reason: 'step_up_exhausted';
      exchangeId: string | undefined;
      needed: readonly string[];
      attempts: number;
    }
  | { reason: 'session_expired' }
  | { reason: 'session_too_large' };

/**
 * Why the inspector stops, one reason for each failure. Texts in it come from the other side and are untrusted.
 */
export type Problem = DiscoveryProblem | SignInProblem;

const START_AGAIN = 'Run the inspector and sign in again.';

/** A problem as a finding. */
export function problemFinding(problem: Problem): Finding {
  const error = errorOf(problem);
  switch (problem.reason) {
    case 'no_registration':
      return error('no-registration', 'There is no way to identify as a client', {
        observed: 'The authorization server supports neither client metadata documents nor registration.',
        reference: STANDARDS.mcpClientDocuments,
        fix: 'Enter a client ID that the authorization server knows, or enable client metadata documents there.',
      });
    case 'registration_refused':
      return error('registration-refused', 'The registration was refused', {
        observed: `Status ${problem.status}, error ${quote(problem.error)}.`,
        reference: STANDARDS.registrationError,
        fix: 'Check which redirect URIs and authentication methods the authorization server accepts, or enter a client ID.',
      });
    case 'client_of_another_issuer':
      return error('client-of-another-issuer', 'The client credentials belong to another issuer', {
        observed: `They were issued by ${quote(problem.issuer)}; the issuer of this server is now ${quote(problem.expected)}. They were not sent.`,
        reference: STANDARDS.mcpBinding,
        fix: START_AGAIN,
      });
    case 'client_authentication_unsupported':
      return error(
        'client-authentication-unsupported',
        'There is no usable authentication method at the token endpoint',
        {
          observed: `token_endpoint_auth_methods_supported is ${quote(problem.methods.join(' '))}. This client can use none of them with its credentials.`,
          reference: STANDARDS.serverMetadataFields,
          fix: 'Allow public clients ("none") for client metadata documents, or enter a client ID with its secret.',
        },
      );
    case 'state_missing':
    case 'state_unknown':
    case 'state_used':
      return error(problem.reason.replace('_', '-'), STATE_TITLES[problem.reason], {
        observed: 'The callback was ignored, and its code was not sent anywhere.',
        reference: STANDARDS.stateParameter,
        fix: START_AGAIN,
      });
    case 'flow_of_another_person':
      return error('flow-of-another-person', 'This sign-in was started by another user', {
        observed: 'The signed-in user is not the one who started it.',
        reference: STANDARDS.stateParameter,
        fix: START_AGAIN,
      });
    case 'callback_issuer_missing':
      return error('callback-issuer-missing', 'The callback has no issuer', {
        observed: `iss is missing although ${quote(problem.expected)} advertises that it sends it. The code was not sent anywhere.`,
        reference: STANDARDS.responseIssuer,
        fix: 'Send iss on every authorization response, errors included, or do not advertise it.',
      });
    case 'callback_issuer_mismatch':
      return error('callback-issuer-mismatch', 'The callback comes from another issuer', {
        observed: `iss is ${quote(problem.got)}, expected exactly ${quote(problem.expected)}. The rest of the callback was ignored.`,
        reference: STANDARDS.responseIssuer,
        fix: 'Send the issuer exactly as in the metadata. If the two are different servers, this may be a mix-up attack.',
      });
    case 'authorization_refused':
      return error('authorization-refused', 'The authorization server refused the request', {
        observed: `error ${quote(problem.error)}${problem.description === '' ? '' : `: ${quote(problem.description)}`}.`,
        reference: STANDARDS.authorizationError,
        fix:
          problem.error === 'access_denied'
            ? 'Consent was denied. Sign in again to give consent.'
            : problem.error === 'invalid_target'
              ? 'Register the resource URL with the authorization server, exactly as in the protected resource metadata.'
              : 'Check the log of the authorization server for this request.',
      });
    case 'code_missing':
      return error('code-missing', 'The callback has no code', {
        observed: 'It has neither a code nor an error.',
        reference: STANDARDS.authorizationError,
        fix: START_AGAIN,
      });
    case 'token_refused':
      return error('token-refused', 'The token request was refused', {
        observed: `Status ${problem.status}, error ${quote(problem.error)}${problem.description === '' ? '' : `: ${quote(problem.description)}`}.`,
        reference: STANDARDS.tokenError,
        fix: 'A code is valid once and for about a minute. Check redirect_uri, resource and the client authentication method.',
      });
    case 'token_invalid':
      return error('token-response-invalid', 'The token response is invalid', {
        observed: `${sanitize(problem.why)}.`,
        reference: STANDARDS.tokenResponse,
        fix: 'Answer 200 with a JSON object that has access_token and token_type "Bearer".',
      });
    case 'refresh_refused':
      return error('refresh-refused', 'The session cannot be refreshed', {
        observed: `The authorization server answered ${quote(problem.error)}: the grant was revoked or has ended, or the refresh token was already used.`,
        reference: STANDARDS.refresh,
        fix: 'Sign in again. After a revocation this is the expected result.',
      });
    case 'refresh_in_progress':
      return error('refresh-in-progress', 'Another request is refreshing these tokens', {
        observed: 'Another tab or window sent the refresh token and has no answer yet.',
        reference: STANDARDS.refresh,
        fix: 'Wait half a minute, then try again.',
      });
    case 'token_rejected':
      return error('token-rejected', 'The server no longer accepts the access token', {
        observed: `401${problem.error ? ` with error ${quote(problem.error)}` : ''}: access was revoked, or the token expired or is not meant for this server.`,
        reference: STANDARDS.mcpTokens,
        fix: 'If access was revoked, this is the expected result: sign in again for a new consent. Otherwise check the audience of the token.',
      });
    case 'access_refused':
      return error(
        'access-refused',
        problem.sent === 'nothing'
          ? 'The server requires authorization'
          : 'The server refused these credentials',
        {
          observed: `Status ${problem.status}${problem.error ? `, error ${quote(problem.error)}` : ''}, for a request ${problem.sent === 'nothing' ? 'without credentials' : 'with the token or headers that you entered'}.`,
          reference: STANDARDS.unauthorized,
          fix:
            problem.sent === 'nothing'
              ? 'Sign in with OAuth, or enter a bearer token or headers.'
              : 'Check that they are current and meant for this server.',
        },
      );
    case 'no_answer':
      return error('no-answer', 'The server did not answer in time', {
        observed: `Neither an answer nor a report of progress within ${problem.seconds} seconds.`,
        reference: STANDARDS.mcpProgress,
        fix: 'Raise the limit, or let the server report progress: each report starts the time again.',
      });
    case 'endpoint_refused':
      return error('sse-endpoint-refused', 'The endpoint of the event stream cannot be used', {
        observed: `The event "endpoint" of HTTP+SSE must name a URL of the origin that sent it. Nothing was sent there. ${sanitize(problem.why, 300)}`,
        reference: STANDARDS.mcpSse,
        fix: 'Send the path of the endpoint, such as "/messages?session=1", or serve Streamable HTTP.',
      });
    case 'stream_ended':
      return error('stream-ended', 'The server ended the event stream', {
        observed: 'The stream of HTTP+SSE ended before the response arrived in it.',
        reference: STANDARDS.mcpSse,
        fix: 'Keep the stream open for the whole session: look for a proxy or a platform that ends long responses.',
      });
    case 'question_expired':
      return error('question-expired', 'The question of the server has expired', {
        observed: 'The answer was not sent: the question is older than half an hour, or of another server.',
        reference: STANDARDS.mcpElicitation,
        fix: 'Call the tool again.',
      });
    case 'insufficient_scope':
      return {
        ...error('insufficient-scope', 'More scopes are needed', {
          observed: `Needed: ${quote(problem.needed.join(' '))}. Granted: ${quote(problem.granted.join(' '))}.`,
          reference: STANDARDS.mcpStepUp,
          fix: 'Sign in again with the needed scopes (step-up).',
        }),
        // Not an error: a server asks for more scopes this way.
        severity: 'note',
      };
    case 'step_up_exhausted':
      return error('step-up-endless', 'The server repeatedly asks for more scopes', {
        observed: `After ${problem.attempts} step-up(s) it still answers insufficient_scope and needs ${quote(problem.needed.join(' '))}. The client stops here.`,
        reference: STANDARDS.mcpStepUp,
        fix: 'List all scopes of an operation in one challenge, and only scopes that the authorization server can grant.',
      });
    case 'session_too_large':
      return error('session-too-large', 'The tokens are too large to be stored', {
        observed: 'They do not fit into the cookies of the browser and were discarded.',
        reference: STANDARDS.tokenResponse,
        fix: 'Issue shorter tokens: omit claims that the server does not use.',
      });
    case 'session_expired':
      return error('session-expired', 'Not signed in to this server', {
        observed:
          'The session of the inspector has expired, or made room for a newer one: the tokens of about three servers fit into the cookies of a browser.',
        reference: STANDARDS.mcpTokens,
        fix: START_AGAIN,
      });
    default:
      return discoveryProblemFinding(problem);
  }
}

const STATE_TITLES = {
  state_missing: 'The callback has no state',
  state_unknown: 'The callback does not belong to a sign-in of this browser',
  state_used: 'The callback was already used',
};
