/** Names of credentials, without separators. `progressToken` belongs to MCP, and is none. */
const SECRET_NAME =
  /(?:tokens?|secrets?|passwords?|passwd|passphrase|apikeys?|privatekeys?|secretkeys?|accesskeys?|assertions?|codeverifier|devicecode|credentials?|authorization|cookies?|sessionids?|tokenhint)$/;

/** Whether a field, a parameter or a header of this name holds a credential: `access_token`, `apiKey`, `X-Auth-Token`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return plain !== 'progresstoken' && SECRET_NAME.test(plain);
}
