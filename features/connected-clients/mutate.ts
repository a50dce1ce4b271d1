import 'server-only';
import { revalidatePath } from 'next/cache';
import { after } from 'next/server';
import { route } from '#lib/config/route.ts';
import { databaseErrorCode, isDatabaseOutage } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { authorizeMutation, type MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { SessionUser } from '#lib/session/user.ts';

export type Refusal = MutationRefusal | 'database_unavailable' | 'failed';

/** Changes connections of the signed-in person, and renders their pages again. */
export async function mutate<T>(action: (user: SessionUser) => Promise<T>): Promise<T | Refusal> {
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
