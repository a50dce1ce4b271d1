import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { InspectorContext } from './context.ts';

/** What a sealed value is for. A value of one kind is never accepted as another. */
export type SealKind = 'target' | 'flow' | 'outcome' | 'session' | 'refresh' | 'step-up' | 'reply';

type SealContext = Pick<InspectorContext, 'config' | 'user'>;

const PURPOSE = 'mcp-authkit-starter inspector';

function key({ config }: SealContext, kind: SealKind): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', config.workos.cookiePassword, '', `${PURPOSE} ${kind}`, 32));
}

/**
 * Encrypts and authenticates a value for the user of `context` (JWE `dir`, A256GCM), so that the browser can keep
 * it and can neither read nor change it.
 */
export function seal(
  context: SealContext,
  value: object,
  { kind, lifetimeSeconds }: { kind: SealKind; lifetimeSeconds: number },
): Promise<string> {
  return new EncryptJWT({ value })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setSubject(context.user.id)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds}s`)
    .encrypt(key(context, kind));
}

/**
 * The value that {@link seal} sealed for this user.
 *
 * @returns undefined for any other: of another user, of another kind, changed, expired
 */
export async function unseal<T extends object>(
  context: SealContext,
  sealed: string,
  kind: SealKind,
): Promise<T | undefined> {
  try {
    const { payload } = await jwtDecrypt<{ value: T }>(sealed, key(context, kind), {
      subject: context.user.id,
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp'],
    });
    return payload.value;
  } catch {
    return undefined;
  }
}
