import 'server-only';
import { setTimeout as pause } from 'node:timers/promises';
import { flushActivity } from '#lib/connections/activity.ts';
import type { Context } from '#lib/connections/context.ts';
import { erasePerson } from '#lib/connections/person-data.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { revokeAll } from '#lib/connections/revocation.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';

/** After this time every instance has written the calls that it allowed before a revocation. */
const LATE_MS = 2_000;

/**
 * Revokes every client of a person, then deletes what is stored of them. The denials stay, so nothing keeps acting.
 *
 * @param by - for the log of the revocation
 * @param late - ends when no instance can write a call any more that it allowed before the revocation
 * @returns `deleted_pending`: deleted here, and WorkOS did not delete all grants yet, which is retried
 */
export async function deletePersonData(
  userId: string,
  by: string,
  context: Context = processContext(),
  late: () => Promise<unknown> = () => pause(LATE_MS),
): Promise<'deleted' | 'deleted_pending' | 'delete_failed'> {
  try {
    await revokeAll(userId, by, context);
    await late();
    await flushActivity(LATE_MS);
    // Denies also the consents of calls that were written meanwhile: they are known from the rows that go now.
    const result = await revokeAll(userId, by, context);
    await erasePerson(await context.database(), { issuer: context.issuer, subject: userId });
    return result === 'pending' ? 'deleted_pending' : 'deleted';
  } catch (error) {
    log('error', 'account.deletion_failed', { reason: databaseErrorCode(error) });
    return 'delete_failed';
  }
}
