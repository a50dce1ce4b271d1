import type { SignInTarget } from '#features/discovery/target.ts';
import type { ClientKey } from '#lib/cimd/client-key.ts';
import { clientAssertion } from './client-assertion.ts';
import type { ClientAuthMethod, OAuthClient } from './flow.ts';

type Authentication = { headers: Record<string, string>; parameters: Record<string, string> };

const formEncode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

/**
 * The headers and parameters that authenticate a client at the token endpoint (RFC 6749 section 2.3, RFC 7523 section
 * 2.2).
 *
 * @param key - for `private_key_jwt`
 * @throws TypeError when `private_key_jwt` has no key
 */
export async function authenticateClient(
  client: OAuthClient,
  target: Pick<SignInTarget, 'issuer'>,
  key: ClientKey | undefined,
): Promise<Authentication> {
  const { clientId, clientSecret = '' } = client;
  switch (client.authMethod) {
    case 'none':
      return { headers: {}, parameters: { client_id: clientId } };
    case 'client_secret_post':
      return { headers: {}, parameters: { client_id: clientId, client_secret: clientSecret } };
    case 'client_secret_basic': {
      const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
      return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, parameters: {} };
    }
    case 'private_key_jwt':
      if (key === undefined) throw new TypeError('private_key_jwt without a key');
      return {
        headers: {},
        parameters: {
          client_id: clientId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await clientAssertion(key, { clientId, audience: target.issuer }),
        },
      };
  }
}

/** The authentication method for a client with or without a secret; undefined when the server supports none. */
export function chooseAuthMethod(
  supported: readonly string[],
  hasSecret: boolean,
): Exclude<ClientAuthMethod, 'private_key_jwt'> | undefined {
  const usable = hasSecret ? (['client_secret_basic', 'client_secret_post'] as const) : (['none'] as const);
  return usable.find((method) => supported.includes(method));
}
