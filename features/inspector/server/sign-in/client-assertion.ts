import { SignJWT } from 'jose';
import type { ClientKey } from '#lib/cimd/client-key.ts';

const LIFETIME_SECONDS = 60;

/**
 * A `client_assertion` for `private_key_jwt` (RFC 7523 section 3), valid once and for one minute.
 *
 * @param audience - the authorization server's issuer identifier
 * @param now - time of issue in milliseconds since the epoch
 */
export async function clientAssertion(
  { keyId, algorithm, privateKey }: ClientKey,
  { clientId, audience, now = Date.now() }: { clientId: string; audience: string; now?: number },
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm, kid: keyId, typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS)
    .sign(privateKey);
}
