import type { SignInTarget } from '#features/discovery/target.ts';
import { ownClientMetadata } from '#lib/cimd/own-client-metadata.ts';
import type { Config } from '#lib/config/env.ts';
import type { Problem } from '../problems.ts';
import { chooseAuthMethod } from './client-authentication.ts';
import type { OAuthClient } from './flow.ts';

type OwnClient = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback' | 'serverName' | 'client'>;

/** Our own client, identified by its client metadata document; the same at every issuer. */
export function documentClient(config: OwnClient): OAuthClient {
  const { client_id, token_endpoint_auth_method } = ownClientMetadata(config);
  return { kind: 'document', clientId: client_id, authMethod: token_endpoint_auth_method };
}

/** A pre-registered client that the user entered; it belongs to the issuer of `target`. */
export function enteredClient(
  target: SignInTarget,
  entered: { clientId: string; clientSecret?: string },
): OAuthClient | Problem {
  const { clientId, clientSecret } = entered;
  const authMethod = chooseAuthMethod(target.authMethods, clientSecret !== undefined);
  // A public client continues even when `none` is not listed: many servers allow it without listing it.
  if (authMethod === undefined && clientSecret !== undefined)
    return { reason: 'client_authentication_unsupported', methods: target.authMethods };
  return {
    kind: 'entered',
    clientId,
    clientSecret,
    authMethod: authMethod ?? 'none',
    issuer: target.issuer,
  };
}

/**
 * Checks that `client` may be used with `target`: credentials of one issuer are never sent to another (MCP 2026-07-28
 * "Authorization Server Binding").
 */
export function issuerBindingProblem(
  client: OAuthClient,
  target: Pick<SignInTarget, 'issuer'>,
): Problem | undefined {
  return client.issuer === undefined || client.issuer === target.issuer
    ? undefined
    : { reason: 'client_of_another_issuer', issuer: client.issuer, expected: target.issuer };
}
