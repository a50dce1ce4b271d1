'use server';

import { revalidatePath } from 'next/cache';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { route } from '#lib/config/route.ts';
import { isConnectionId } from '#lib/connections/identity.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { authorizeMutation, type MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { setLabel } from './set-label.ts';

export type LabelOutcome = MutationRefusal | 'saved' | 'unknown' | 'failed';

/** Stores the form fields `label` and `connection` as the signed-in person's name for one of their connections. */
export async function saveLabel(_previous: unknown, form: unknown): Promise<LabelOutcome> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return user;
  const [id, label] =
    form instanceof FormData ? [form.get('connection'), form.get('label')] : [undefined, undefined];
  if (typeof id !== 'string' || !isConnectionId(id) || typeof label !== 'string') return 'unknown';
  try {
    if (!(await setLabel({ userId: user.id, connectionId: id, label }))) return 'unknown';
  } catch (error) {
    log('error', 'label.failed', { reason: databaseErrorCode(error) });
    return 'failed';
  }
  revalidatePath(route('/clients'), 'layout');
  // Without JavaScript the browser posted the form itself, and gets the page by GET.
  if (!(await headers()).has('next-action')) redirect(route(`/clients/${id}`));
  return 'saved';
}
