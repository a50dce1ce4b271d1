import { createHmac, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Store } from './store.ts';

export type Keys = {
  /** Signs access tokens for MCP and ID tokens. */
  access: JWK;
  /** Signs the session tokens of the pages: another issuer, another key. */
  session: JWK;
  /** Signs cookies. */
  cookies: string[];
};

/** The keys of this AuthKit, created at the first start. */
export async function loadKeys(store: Store): Promise<Keys> {
  const kept = store.collection<Keys>('keys');
  const existing = kept.get('current');
  if (existing !== undefined) return existing;
  const [access, session] = await Promise.all([signingKey(), signingKey()]);
  const keys = { access, session, cookies: [randomBytes(32).toString('base64url')] };
  await kept.set('current', keys);
  return keys;
}

/** A secret for one purpose, derived from the cookie key. */
export function derivedSecret(keys: Keys, purpose: string): string {
  return createHmac('sha256', keys.cookies[0] ?? '')
    .update(purpose)
    .digest('base64url');
}

/** The public part of a private key. */
export function publicJwk({ kty, n, e, alg, use, kid }: JWK): JWK {
  return { kty, n, e, alg, use, kid } as JWK;
}

async function signingKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg: 'RS256', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}
