import type { Exchange } from './exchange.ts';
import type { DiscoveryProblem } from './problems.ts';
import { type AuthorizationServerFacts, findAuthorizationServer } from './steps/authorization-server.ts';
import { type ChallengeFacts, provokeChallenge } from './steps/challenge.ts';
import { type CorsFacts, probeCors } from './steps/cors.ts';
import { findProtectedResource, type ProtectedResourceFacts } from './steps/protected-resource.ts';
import { serverUrlProblem } from './steps/urls.ts';
import { Trace, type TraceOptions } from './trace.ts';

export type DiscoveryOptions = TraceOptions & {
  /** Sent as `Origin` where the answer to a browser is looked at. */
  origin: string;
  /** Which era is tried first; `legacy` sends `initialize` at once. Default `modern`. */
  era?: 'modern' | 'legacy';
  /** Whether to ask for CORS as a browser would. Default true. */
  cors?: boolean;
  /** Whether to go on with the default endpoints of the 2025-03-26 revision where no metadata exists. */
  assumeDefaultEndpoints?: boolean;
};

/** Everything learnt about a server without a token. Documents are whole and public; `exchanges` are masked. */
export type Discovery = {
  /** The URL as it was asked for. */
  serverUrl: string;
  exchanges: readonly Exchange[];
  /** Why a client must stop, in the order met. Empty: one can sign in, or need not. */
  problems: readonly DiscoveryProblem[];
  challenge?: ChallengeFacts;
  cors?: CorsFacts;
  protectedResource?: ProtectedResourceFacts;
  authorizationServer?: AuthorizationServerFacts;
};

/**
 * Finds out how to sign in to an MCP server knowing only its URL, as MCP 2026-07-28 "Authorization Server
 * Discovery" says: challenge, protected resource metadata (RFC 9728), authorization server metadata (RFC 8414).
 *
 * @param serverUrl - what the person entered
 * @returns what was learnt; what a client must stop at stands in `problems`, nothing is thrown
 */
export async function discover(serverUrl: string, options: DiscoveryOptions): Promise<Discovery> {
  const trace = new Trace(options);
  const problems: DiscoveryProblem[] = [];
  const facts: Pick<Discovery, 'challenge' | 'cors' | 'protectedResource' | 'authorizationServer'> = {};
  const result = (): Discovery => ({ serverUrl, exchanges: trace.exchanges, problems, ...facts });

  const invalid = serverUrlProblem(serverUrl, options.allowLoopback);
  if (invalid) {
    problems.push(invalid);
    return result();
  }

  const challenge = await provokeChallenge(trace, serverUrl, options.era ?? 'modern');
  problems.push(...challenge.problems);
  if (challenge.facts === undefined) return result();
  facts.challenge = challenge.facts;
  if (options.cors !== false) facts.cors = await probeCors(trace, serverUrl, options.origin);
  if (challenge.facts.outcome === 'open') return result();

  const resource = await findProtectedResource(trace, serverUrl, challenge.facts, options.origin);
  problems.push(...resource.problems);
  if (resource.facts) facts.protectedResource = resource.facts;
  // Servers of 2025-03-26 have no such metadata: there the MCP origin is the issuer.
  const issuer = resource.facts ? resource.facts.issuers[0] : new URL(serverUrl).origin;
  if (issuer === undefined) return result();

  const server = await findAuthorizationServer(trace, issuer, {
    origin: options.origin,
    assumeDefaultEndpoints: resource.facts === undefined && options.assumeDefaultEndpoints === true,
  });
  if (server.facts) facts.authorizationServer = server.facts;
  // Without either document, the missing protected resource metadata is the problem; the guess at 2025-03-26 is not.
  if (resource.facts || server.facts) problems.push(...server.problems);
  return result();
}
