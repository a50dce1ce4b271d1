import { SignJWT } from 'jose';
import type { ClientKey } from '#lib/cimd/client-key.ts';

/** A `client_assertion` of a client (RFC 7523 section 3), valid for one minute from now. */
export function signedAssertion(
  { keyId, algorithm, privateKey }: ClientKey,
  { clientId, audience }: { clientId: string; audience: string },
): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm, kid: keyId })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(privateKey);
}
