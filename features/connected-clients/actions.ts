'use server';

import { revalidatePath } from 'next/cache';
import { after } from 'next/server';
import { route } from '#lib/config/route.ts';
import { type RevocationResult, revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { databaseErrorCode, isDatabaseOutage } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { authorizeMutation, type MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { actor, type SessionUser } from '#lib/session/user.ts';

/** The result of a click on "Revoke access"; `unknown` when the person has no such connection. */
export type RevocationOutcome =
  | RevocationResult
  | MutationRefusal
  | 'unknown'
  | 'database_unavailable'
  | 'failed';

/** Revokes one client of the signed-in person. */
export async function revokeAccess(id: unknown): Promise<RevocationOutcome> {
  return revoke(async (user) =>
    typeof id === 'string'
      ? await revokeConnection({ userId: user.id, connectionId: id, by: actor(user) })
      : undefined,
  );
}

/** Revokes every client of the signed-in person. */
export async function revokeAllAccess(): Promise<RevocationOutcome> {
  return revoke((user) => revokeAll(user.id, actor(user)));
}

async function revoke(
  action: (user: SessionUser) => Promise<RevocationResult | undefined>,
): Promise<RevocationOutcome> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return user;
  let result: RevocationResult | undefined;
  try {
    result = await action(user);
  } catch (error) {
    log('error', 'revocation.failed', { reason: databaseErrorCode(error) });
    return isDatabaseOutage(error) ? 'database_unavailable' : 'failed';
  }
  after(backgroundWork);
  revalidatePath(route('/clients'), 'layout');
  return result ?? 'unknown';
}
