'use server';

import { revalidatePath } from 'next/cache';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { route } from '#lib/config/route.ts';
import { isConnectionId } from '#lib/connections/identity.ts';
import { setLimits } from '#lib/connections/policy/policy.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { authorizeMutation, type MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { actor } from '#lib/session/user.ts';
import { readLimits } from './read-limits.ts';

export type LimitsOutcome = MutationRefusal | 'saved' | 'unknown' | 'bad_date' | 'bad_days' | 'failed';

/** Stores the fields of a form as the signed-in person's limits of one of their connections. */
export async function saveLimits(_previous: unknown, form: unknown): Promise<LimitsOutcome> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return user;
  const id = form instanceof FormData ? form.get('connection') : undefined;
  if (!(form instanceof FormData) || typeof id !== 'string' || !isConnectionId(id)) return 'unknown';
  const limits = readLimits(form, new Date());
  if (typeof limits === 'string') return limits;
  try {
    const saved = await setLimits({ userId: user.id, connectionId: id, limits, by: actor(user) });
    if (saved === undefined) return 'unknown';
  } catch (error) {
    log('error', 'limits.failed', { reason: databaseErrorCode(error) });
    return 'failed';
  }
  revalidatePath(route('/clients'), 'layout');
  // Without JavaScript the browser posted the form itself, and gets the page by GET.
  if (!(await headers()).has('next-action')) redirect(route(`/clients/${id}`));
  return 'saved';
}
