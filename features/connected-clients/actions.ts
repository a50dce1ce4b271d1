'use server';

import { revalidatePath } from 'next/cache';
import { route } from '#lib/config/route.ts';
import { type RevocationResult, revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';

/** The result of a click on "Revoke access"; `unknown` when the person has no such connection. */
export type RevocationOutcome = RevocationResult | 'unknown' | 'signed_out' | 'cross_site' | 'unavailable';

/** Revokes one client of the signed-in person. */
export async function revokeAccess(id: unknown): Promise<RevocationOutcome> {
  return revoke(async ({ id: userId, email }) =>
    typeof id === 'string' ? await revokeConnection({ userId, connectionId: id, by: email }) : undefined,
  );
}

/** Revokes every client of the signed-in person. */
export async function revokeAllAccess(): Promise<RevocationOutcome> {
  return revoke(({ id, email }) => revokeAll(id, email));
}

async function revoke(
  action: (user: { id: string; email: string }) => Promise<RevocationResult | undefined>,
): Promise<RevocationOutcome> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return user;
  try {
    const result = await action(user);
    revalidatePath(route('/clients'), 'layout');
    return result ?? 'unknown';
  } catch {
    return 'unavailable';
  }
}
