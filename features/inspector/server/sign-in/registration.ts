import type { SignInTarget } from '#features/discovery/target.ts';
import type { Trace } from '#features/discovery/trace.ts';
import { isObject } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Problem } from '../problems.ts';
import type { ClientAuthMethod, OAuthClient } from './flow.ts';

/** The client metadata of a registration (RFC 7591 section 2). */
type RegistrationMetadata = {
  client_name: string;
  client_uri?: string;
  redirect_uris: readonly string[];
  application_type: 'web' | 'native';
};

const AUTH_METHODS: readonly ClientAuthMethod[] = ['none', 'client_secret_basic', 'client_secret_post'];

function asMethod(value: unknown): ClientAuthMethod | undefined {
  return AUTH_METHODS.find((method) => method === value);
}

/**
 * Registers a client (RFC 7591 section 3). Call it only after the user agreed: the record stays at the authorization
 * server.
 *
 * @returns the client, bound to this issuer, or why registration failed
 */
export async function registerClient(
  trace: Trace,
  target: SignInTarget,
  metadata: RegistrationMetadata,
): Promise<OAuthClient | Problem> {
  const url = target.registrationEndpoint;
  if (url === undefined) return { reason: 'no_registration' };
  const requested = AUTH_METHODS.find((method) => target.authMethods.includes(method)) ?? 'none';
  const answer = await trace.send({
    step: 'registration',
    title: 'Dynamic client registration',
    to: 'authorization-server',
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      ...metadata,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: requested,
    }),
  });
  const exchangeId = answer.exchange.id;
  const subject = 'the registration endpoint' as const;
  if (answer.failure) return { reason: 'not_fetched', exchangeId, subject, failure: answer.failure };
  const { status, headers } = answer.response;
  if (status >= 300 && status < 400)
    return { reason: 'redirected', exchangeId, subject, location: headers.get('location') ?? '' };
  const body = jsonObject(answer.response);
  if (status < 200 || status > 299)
    return { reason: 'registration_refused', exchangeId, status, error: sanitize(body?.error, 100) };
  const clientId = body?.client_id;
  if (typeof clientId !== 'string' || clientId === '')
    return { reason: 'document_invalid', exchangeId, subject, why: 'the response has no client_id' };
  const secret =
    typeof body?.client_secret === 'string' && body.client_secret !== '' ? body.client_secret : undefined;
  trace.masker.remember(secret);
  const authMethod = asMethod(body?.token_endpoint_auth_method) ?? requested;
  trace.recordEvidence(answer.exchange, {
    in: 'body',
    field: 'client_id',
    value: clientId,
    next: 'Sign in as this client. It is valid at this issuer only.',
  });
  return {
    kind: 'registered',
    clientId,
    issuer: target.issuer,
    // Without the secret that the method needs, the client is public.
    ...(secret !== undefined && authMethod !== 'none'
      ? { clientSecret: secret, authMethod }
      : { authMethod: 'none' }),
  };
}

/** The body of a response as a JSON object; undefined when it is not one. */
export function jsonObject(response: { json(): unknown }): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = response.json();
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
