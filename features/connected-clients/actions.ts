'use server';

import { revalidatePath } from 'next/cache';
import { route } from '#lib/config/route.ts';
import { revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';
import type { RevocationOutcome } from './revocation-result.ts';

/** Revokes one client of the person who asks. */
export async function revokeAccess(id: unknown): Promise<RevocationOutcome> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return user;
  if (typeof id !== 'string') return 'unknown';
  try {
    const result = await revokeConnection({ userId: user.id, connectionId: id, by: user.email });
    revalidatePath(route('/clients'), 'layout');
    return result ?? 'unknown';
  } catch {
    return 'unavailable';
  }
}

/** Revokes every client of the person who asks. */
export async function revokeAllAccess(): Promise<RevocationOutcome> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return user;
  try {
    const result = await revokeAll(user.id, user.email);
    revalidatePath(route('/clients'), 'layout');
    return result;
  } catch {
    return 'unavailable';
  }
}
