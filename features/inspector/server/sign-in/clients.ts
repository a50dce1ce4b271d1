import type { SignInTarget } from '#features/discovery/target.ts';
import { ownClientMetadata } from '#lib/cimd/own-client-metadata.ts';
import type { Config } from '#lib/config/env.ts';
import type { Problem } from '../problems.ts';
import { chooseAuthMethod } from './client-authentication.ts';
import type { OAuthClient } from './flow.ts';

type OwnClient = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback' | 'serverName' | 'client'>;

/** Ourselves, by our client metadata document. It is the same client at every issuer. */
export function documentClient(config: OwnClient): OAuthClient {
  const { client_id, token_endpoint_auth_method } = ownClientMetadata(config);
  return { kind: 'document', clientId: client_id, authMethod: token_endpoint_auth_method };
}

/** A client that the person registered elsewhere and entered here; it belongs to the issuer at hand. */
export function enteredClient(
  target: SignInTarget,
  entered: { clientId: string; clientSecret?: string },
): OAuthClient | Problem {
  const { clientId, clientSecret } = entered;
  const authMethod = chooseAuthMethod(target.authMethods, clientSecret !== undefined);
  // A public client goes on even where `none` is not listed: many servers allow it and do not say so.
  if (authMethod === undefined && clientSecret !== undefined)
    return { reason: 'client_authentication_unsupported', methods: target.authMethods };
  return {
    kind: 'entered',
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    authMethod: authMethod ?? 'none',
    issuer: target.issuer,
  };
}

/**
 * Whether `client` may be used with `target`: credentials of one issuer are never sent to another (MCP
 * 2026-07-28 "Authorization Server Binding").
 */
export function boundProblem(client: OAuthClient, target: Pick<SignInTarget, 'issuer'>): Problem | undefined {
  return client.issuer === undefined || client.issuer === target.issuer
    ? undefined
    : { reason: 'client_of_another_issuer', issuer: client.issuer, expected: target.issuer };
}
