'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { z } from 'zod';
import { route } from '#lib/config/route.ts';
import { keepConnections, type Selection, selectedConnections } from '#lib/connections/app-queries.ts';
import { type RevocationResult, revokeAll, revokeWithUndo } from '#lib/connections/revocation.ts';
import { undoRevocation } from '#lib/connections/undo.ts';
import { databaseErrorCode, isDatabaseOutage } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { authorizeMutation, type MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { actor, type SessionUser } from '#lib/session/user.ts';

type Refusal = MutationRefusal | 'database_unavailable' | 'failed';

/**
 * The result of a revocation: how many clients it revoked, and the id that undoes it; `revoked` when they were revoked
 * already; of all, how the grants ended; `unknown` when the person has no such connection.
 */
export type RevocationOutcome = { revoked: number; undo: string } | RevocationResult | 'unknown' | Refusal;

const texts = z.array(z.string().max(400)).max(5_000).catch([]);
const selection = z
  .object({ ids: texts, apps: texts, unused: z.boolean().catch(false) })
  .catch({ ids: [], apps: [], unused: false });

/** Most connections that one click revokes. */
const MAX_REVOKED = 5_000;

/**
 * Revokes connections of the signed-in person; for ten seconds this can be undone.
 *
 * @param which - a {@link Selection}, or the id of a connection
 */
export async function revokeAccess(which: unknown): Promise<RevocationOutcome> {
  return mutate(async (user) => {
    const selected: Selection =
      typeof which === 'string' ? { ids: [which], apps: [], unused: false } : selection.parse(which);
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

/** Keeps an app that needed review. A plain form. */
export async function keepAccess(form: FormData): Promise<void> {
  await mutate((user) => keepConnections(user.id, readSelection(form)));
}

/** {@link revokeAccess} as a plain form, for a browser without JavaScript. */
export async function revokeByForm(form: FormData): Promise<void> {
  const outcome = await revokeAccess(readSelection(form));
  const done = typeof outcome === 'string' ? outcome : outcome.undo;
  redirect(route(`/clients?done=${done}`));
}

/** {@link undoRevoke} as a plain form. */
export async function undoByForm(form: FormData): Promise<void> {
  redirect(route(`/clients?done=${await undoRevoke(form.get('revocation'))}`));
}

const readSelection = (form: FormData) =>
  selection.parse({ ids: form.getAll('id'), apps: form.getAll('app'), unused: form.get('unused') === '1' });

async function mutate<T>(action: (user: SessionUser) => Promise<T>): Promise<T | Refusal> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return user;
  let result: T;
  try {
    result = await action(user);
  } catch (error) {
    log('error', 'revocation.failed', { reason: databaseErrorCode(error) });
    return isDatabaseOutage(error) ? 'database_unavailable' : 'failed';
  }
  after(backgroundWork);
  revalidatePath(route('/clients'), 'layout');
  return result;
}
