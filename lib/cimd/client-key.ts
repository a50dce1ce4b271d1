import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Config } from '#lib/config/env.ts';

/** The key with which our own OAuth client authenticates to an authorization server (RFC 7523 section 2.2). */
export type ClientKey = {
  privateKey: KeyObject;
  /** The public half as published in the JWK Set, with `kid`, `alg` and `use`. */
  publicJwk: Readonly<Record<string, string>>;
  keyId: string;
  algorithm: 'ES256' | 'RS256' | 'EdDSA';
};

/**
 * The configured client key, or undefined for a public client.
 *
 * @throws {TypeError} when the key is not P-256, RSA or Ed25519
 */
export function clientKey({ client }: Pick<Config, 'client'>): ClientKey | undefined {
  if (client.privateKey === undefined) return undefined;
  const privateKey = createPrivateKey(client.privateKey);
  const algorithm = signingAlgorithm(privateKey);
  const { kty, crv, x, y, n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  const members = Object.entries({ crv, e, kty, n, x, y }).filter(([, value]) => typeof value === 'string');
  const thumbprintInput = Object.fromEntries(members) as Record<string, string>;
  // RFC 7638: the required members in lexicographic order, which is the order above.
  const keyId = createHash('sha256').update(JSON.stringify(thumbprintInput)).digest('base64url');
  return {
    privateKey,
    publicJwk: { ...thumbprintInput, alg: algorithm, kid: keyId, use: 'sig' },
    keyId,
    algorithm,
  };
}

function signingAlgorithm(key: KeyObject): ClientKey['algorithm'] {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new TypeError('CLIENT_PRIVATE_KEY must be a P-256, RSA or Ed25519 key');
}
