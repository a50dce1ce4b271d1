import type { Exchange } from './exchange.ts';
import type { DiscoveryProblem } from './problems.ts';
import { asRevision, type RegistrationChoice, type Revision, type RevisionChoice } from './revision.ts';
import { type AuthorizationServerFacts, findAuthorizationServer } from './steps/authorization-server.ts';
import { type ChallengeFacts, provokeChallenge } from './steps/challenge.ts';
import { type CorsFacts, probeCors } from './steps/cors.ts';
import { findElsewhere } from './steps/elsewhere.ts';
import { findProtectedResource, type ProtectedResourceFacts } from './steps/protected-resource.ts';
import { serverUrlProblem, withScheme } from './steps/urls.ts';
import { Trace, type TraceOptions } from './trace.ts';

export type DiscoveryOptions = TraceOptions & {
  /** Sent as `Origin` in requests that show how a browser client is treated. */
  origin: string;
  /** Protocol revision of the requests, and of the rules that the server is judged by. Default: `auto`. */
  revision?: RevisionChoice;
  /** How the client would identify itself. Default: `auto`. */
  registration?: RegistrationChoice;
  /** Whether to send the CORS requests of a browser. Default: true. */
  cors?: boolean;
  /** Whether to assume the default endpoints of revision 2025-03-26 when there is no metadata. Default: false. */
  assumeDefaultEndpoints?: boolean;
};

/** What discovery found about a server without a token. Documents are complete and public; `exchanges` are masked. */
export type Discovery = {
  /** The URL as requested: as entered, with a scheme. */
  serverUrl: string;
  /** The scheme that was put in front of the entered URL. */
  schemeAdded?: 'https' | 'http' | undefined;
  /** The revision whose rules apply: the chosen one, else that of the server, else the newest. */
  revision: Revision;
  revisionChoice?: RevisionChoice;
  registration?: RegistrationChoice;
  exchanges: readonly Exchange[];
  /** Whether the caller aborted. Nothing is known about what was not requested then. */
  cancelled?: boolean;
  /** Why a client must stop, in order. Empty when a client can sign in or need not sign in. */
  problems: readonly DiscoveryProblem[];
  challenge?: ChallengeFacts;
  cors?: CorsFacts;
  protectedResource?: ProtectedResourceFacts;
  authorizationServer?: AuthorizationServerFacts;
};

/**
 * Discovers how to sign in to an MCP server from its URL (MCP 2026-07-28 "Authorization Server Discovery"): challenge,
 * protected resource metadata (RFC 9728), authorization server metadata (RFC 8414). Never throws for what a server does.
 *
 * @param entered - the URL as the user entered it; one without a scheme gets `https`, or `http` for this computer
 * @returns the facts; reasons to stop are in `problems`
 *
 * @example
 * const discovery = await discover('https://mcp.example.com/mcp', {
 *   fetch: guardedFetch,
 *   allowLoopback: false,
 *   origin: 'https://app.example',
 * });
 * const findings = discoveryFindings(discovery);
 */
export async function discover(entered: string, options: DiscoveryOptions): Promise<Discovery> {
  const trace = new Trace(options);
  const problems: DiscoveryProblem[] = [];
  const facts: Pick<Discovery, 'challenge' | 'cors' | 'protectedResource' | 'authorizationServer'> = {};
  const { url: serverUrl, added } = withScheme(entered);
  const { revision = 'auto', registration = 'auto' } = options;
  const result = (): Discovery => ({
    serverUrl,
    schemeAdded: added,
    revision: judgedBy(revision, facts.challenge),
    revisionChoice: revision,
    registration,
    exchanges: trace.exchanges,
    problems,
    cancelled: trace.cancelled,
    ...facts,
  });

  const invalid = serverUrlProblem(serverUrl, options.allowLoopback);
  if (invalid) {
    problems.push(invalid);
    return result();
  }

  const challenge = await provokeChallenge(trace, serverUrl, revision);
  if (trace.cancelled) return result();
  const elsewhere = await findElsewhere(trace, serverUrl, challenge, options.origin);
  problems.push(...(elsewhere?.problem ? [elsewhere.problem] : challenge.problems));
  const found = elsewhere?.challenge ?? challenge.facts;
  if (found === undefined) return result();
  facts.challenge = found;
  if (elsewhere?.problem) return result();
  if (options.cors !== false) facts.cors = await probeCors(trace, serverUrl, options.origin);
  if (found.outcome === 'open' || trace.cancelled) return result();

  const resource = await findProtectedResource(trace, serverUrl, found, options.origin);
  problems.push(...resource.problems);
  if (resource.facts) facts.protectedResource = resource.facts;
  // Servers of revision 2025-03-26 have no such metadata: the origin of the server is the issuer.
  const issuer = resource.facts ? resource.facts.issuers[0] : new URL(serverUrl).origin;
  if (issuer === undefined || trace.cancelled) return result();

  const server = await findAuthorizationServer(trace, issuer, {
    origin: options.origin,
    assumeDefaultEndpoints: resource.facts === undefined && options.assumeDefaultEndpoints === true,
  });
  if (server.facts) facts.authorizationServer = server.facts;
  // Without either document only the missing protected resource metadata is reported, not the attempt at 2025-03-26.
  if (resource.facts || server.facts) problems.push(...server.problems);
  return result();
}

/** The revision whose rules apply. A 401 to the first request says nothing about the revision of a server. */
function judgedBy(choice: RevisionChoice, challenge: ChallengeFacts | undefined): Revision {
  if (choice !== 'auto') return choice;
  const negotiated = asRevision(challenge?.negotiated);
  return negotiated ?? (challenge?.legacy ? '2025-11-25' : '2026-07-28');
}
