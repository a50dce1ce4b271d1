import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';

/** What a sealed value is for; one kind cannot be passed off as another. */
export type SealKind = 'target' | 'flow' | 'outcome' | 'session';

const PURPOSE = 'mcp-authkit-starter inspector';

function key(secret: string, kind: SealKind): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `${PURPOSE} ${kind}`, 32));
}

/**
 * Encrypts and authenticates a value for one person (JWE `dir`, A256GCM), so that the browser can keep it
 * without being able to read or change it.
 *
 * @param lifetime - seconds until it is worthless
 */
export function seal(
  value: object,
  options: { secret: string; kind: SealKind; userId: string; lifetime: number },
): Promise<string> {
  const { secret, kind, userId, lifetime } = options;
  return new EncryptJWT({ value })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(`${lifetime}s`)
    .encrypt(key(secret, kind));
}

/**
 * The value that {@link seal} sealed for this person.
 *
 * @returns undefined for anything else: another person's, another kind, changed, expired
 */
export async function unseal<T extends object>(
  sealed: string,
  options: { secret: string; kind: SealKind; userId: string },
): Promise<T | undefined> {
  try {
    const { payload } = await jwtDecrypt<{ value: T }>(sealed, key(options.secret, options.kind), {
      subject: options.userId,
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp'],
    });
    return payload.value;
  } catch {
    return undefined;
  }
}
