'use server';

import { z } from 'zod';
import { selectedConnections } from '#lib/connections/app-queries.ts';
import { type RevocationResult, revokeAll, revokeWithUndo } from '#lib/connections/revocation.ts';
import { undoRevocation } from '#lib/connections/undo.ts';
import { actor } from '#lib/session/user.ts';
import { mutate, type Refusal } from './mutate.ts';
import { readSelection } from './selection.ts';

/**
 * The result of a revocation: how many clients it revoked, and the id that undoes it; `revoked` when they were revoked
 * already; of all, how the grants ended; `unknown` when the person has no such connection.
 */
export type RevocationOutcome = { revoked: number; undo: string } | RevocationResult | 'unknown' | Refusal;

/** Most connections that one click revokes. */
const MAX_REVOKED = 5_000;

/**
 * Revokes connections of the signed-in person; for ten seconds this can be undone.
 *
 * @param which - a `Selection`, or the id of a connection
 */
export async function revokeAccess(which: unknown): Promise<RevocationOutcome> {
  return mutate(async (user) => {
    const selected = readSelection(which);
    const { ids, apps, unused } = selected;
    const connectionIds =
      apps.length === 0 && !unused ? ids : await selectedConnections(user.id, selected, MAX_REVOKED);
    const { known, revoked, undo } = await revokeWithUndo({
      userId: user.id,
      connectionIds,
      by: actor(user),
    });
    return revoked > 0 ? { revoked, undo } : known ? 'revoked' : 'unknown';
  });
}

/** Revokes every client of the signed-in person. This cannot be undone: it is for an emergency, so grants are deleted now. */
export async function revokeAllAccess(): Promise<RevocationOutcome> {
  return mutate((user) => revokeAll(user.id, actor(user)));
}

/** Undoes a revocation of the signed-in person. */
export async function undoRevoke(revocation: unknown): Promise<'undone' | 'too_late' | Refusal> {
  return mutate(async (user) => {
    const id = z.uuid().safeParse(revocation);
    const restored = id.success
      ? await undoRevocation({ userId: user.id, revocation: id.data, by: actor(user) })
      : 0;
    return restored > 0 ? 'undone' : 'too_late';
  });
}
