import type { DiscoveryProblem, Seen } from '../problems.ts';
import { contentType, type Trace } from '../trace.ts';
import { readableFrom } from './cors.ts';
import { type JsonObject, readDocument, stringList } from './document.ts';
import { authorizationServerMetadataUrls, parseAllowed, sameButSlash } from './urls.ts';

export type AuthorizationServerFacts = {
  /** Undefined when default endpoints are assumed. */
  exchangeId: string | undefined;
  url: string | undefined;
  kind: 'oauth' | 'oidc' | 'assumed';
  issuer: string;
  document: JsonObject;
  authorizationEndpoint: string | undefined;
  tokenEndpoint: string | undefined;
  registrationEndpoint: string | undefined;
  acceptsClientDocuments: boolean;
  codeChallengeMethods: readonly string[] | undefined;
  sendsIssuer: boolean;
  authMethods: readonly string[];
  scopesSupported: readonly string[] | undefined;
  contentType: string;
  cacheControl: string | undefined;
  readableByBrowsers: boolean;
};

type Outcome = { facts: AuthorizationServerFacts | undefined; problems: DiscoveryProblem[] };
const SUBJECT = 'the authorization server metadata';

/**
 * Fetches and checks the metadata of `issuer` (RFC 8414 section 3, OpenID Connect Discovery section 4). Only the first
 * document that exists is used. With another `issuer` it must not be used (section 3.3), and no other URL is tried; when only
 * a trailing slash differs, its facts are returned beside the problem.
 */
export async function findAuthorizationServer(
  trace: Trace,
  issuer: string,
  options: { origin: string; assumeDefaultEndpoints: boolean },
): Promise<Outcome> {
  let last: string | undefined;
  const seen: Seen[] = [];
  for (const { url, kind } of authorizationServerMetadataUrls(issuer)) {
    const answer = await trace.send({
      step: 'authorization-server-metadata',
      title: kind === 'oauth' ? 'Authorization server metadata' : 'OpenID Connect discovery document',
      to: 'authorization-server',
      url,
      headers: { accept: 'application/json', origin: options.origin },
    });
    last = answer.exchange.id;
    const reading = readDocument(answer, SUBJECT);
    if (reading.document === undefined) {
      seen.push({ url: answer.exchange.request.url, status: answer.response?.status });
      if (reading.absent) continue;
      return { facts: undefined, problems: [reading.problem] };
    }
    const { document, exchange, response } = reading;
    const got = typeof document.issuer === 'string' ? document.issuer : '';
    const mismatch: DiscoveryProblem[] =
      got === issuer ? [] : [{ reason: 'issuer_mismatch', exchangeId: exchange.id, got, expected: issuer }];
    if (mismatch.length > 0 && !sameButSlash(got, issuer)) return { facts: undefined, problems: mismatch };
    const facts: AuthorizationServerFacts = {
      ...readMetadata(document, got),
      exchangeId: exchange.id,
      url,
      kind,
      contentType: contentType(response.headers),
      cacheControl: response.headers.get('cache-control') ?? undefined,
      readableByBrowsers: readableFrom(response.headers, options.origin),
    };
    const problems = [...mismatch, ...check(facts, exchange.id, trace.allowLoopback)];
    trace.recordEvidence(exchange, next(facts));
    return { facts, problems };
  }
  if (options.assumeDefaultEndpoints) return { facts: assumedServer(issuer), problems: [] };
  return {
    facts: undefined,
    problems: [{ reason: 'authorization_server_metadata_missing', exchangeId: last, issuer, seen }],
  };
}

function readMetadata(document: JsonObject, issuer: string) {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    issuer,
    document,
    authorizationEndpoint: text(document.authorization_endpoint),
    tokenEndpoint: text(document.token_endpoint),
    registrationEndpoint: text(document.registration_endpoint),
    acceptsClientDocuments: document.client_id_metadata_document_supported === true,
    codeChallengeMethods: stringList(document.code_challenge_methods_supported),
    sendsIssuer: document.authorization_response_iss_parameter_supported === true,
    // The default of RFC 8414 section 2.
    authMethods: stringList(document.token_endpoint_auth_methods_supported) ?? ['client_secret_basic'],
    scopesSupported: stringList(document.scopes_supported),
  };
}

function check(
  facts: AuthorizationServerFacts,
  exchangeId: string,
  allowLoopback: boolean,
): DiscoveryProblem[] {
  const problems: DiscoveryProblem[] = [];
  const endpoints = [
    ['authorization_endpoint', true],
    ['token_endpoint', true],
    ['registration_endpoint', false],
  ] as const;
  for (const [field, required] of endpoints) {
    const value = facts.document[field];
    if (value === undefined) {
      if (required) problems.push({ reason: 'endpoint_missing', exchangeId, field });
    } else if (!parseAllowed(value, allowLoopback))
      problems.push({ reason: 'endpoint_invalid', exchangeId, field, value: asText(value) });
  }
  if (!facts.codeChallengeMethods?.includes('S256'))
    problems.push({ reason: 'pkce_unsupported', exchangeId, methods: facts.codeChallengeMethods });
  return problems;
}

/** A published value as text. */
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function next(facts: AuthorizationServerFacts) {
  if (facts.acceptsClientDocuments)
    return {
      in: 'body',
      field: 'client_id_metadata_document_supported',
      value: 'true',
      next: 'Use the URL of our client metadata document as client_id, without registration.',
    } as const;
  if (facts.registrationEndpoint !== undefined)
    return {
      in: 'body',
      field: 'registration_endpoint',
      value: facts.registrationEndpoint,
      next: 'Client metadata documents are not supported: ask the user to register or for a client ID.',
    } as const;
  return {
    in: 'body',
    field: 'authorization_endpoint',
    value: facts.authorizationEndpoint ?? '',
    next: 'Neither client metadata documents nor registration are supported: ask the user for a client ID.',
  } as const;
}

/** The endpoints that a client may assume without metadata (MCP 2025-03-26 section 2.3.3). */
function assumedServer(issuer: string): AuthorizationServerFacts {
  const { origin } = new URL(issuer);
  return {
    ...readMetadata({}, origin),
    exchangeId: undefined,
    url: undefined,
    kind: 'assumed',
    authorizationEndpoint: `${origin}/authorize`,
    tokenEndpoint: `${origin}/token`,
    registrationEndpoint: `${origin}/register`,
    codeChallengeMethods: undefined,
    authMethods: ['none', 'client_secret_post'],
    contentType: '',
    cacheControl: undefined,
    readableByBrowsers: false,
  };
}
