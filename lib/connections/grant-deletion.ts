import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import type { Grant } from '#lib/workos/grants.ts';
import type { Context } from './context.ts';
import {
  allTargetOf,
  claimDueDeletions,
  type DenialRow,
  denialOf,
  insertEvent,
  markDeleted,
  pendingDeletions,
  postponeDeletion,
  type RevocationEvent,
} from './denial-queries.ts';

const RETRY_FIRST_MS = 2_000;
const RETRY_LAST_MS = 60_000;
const ATTEMPTS_PER_RUN = 20;
const CONCURRENCY = 4;

/**
 * Deletes the grant of a pending denial at WorkOS, or all grants of the person. On failure the denial stays pending,
 * so it refuses every token, and the deletion is retried later.
 *
 * @returns whether the grant is deleted
 */
export async function attemptDeletion(context: Context, row: DenialRow): Promise<boolean> {
  const db = await context.database();
  const coversAll = row.target === allTargetOf(row);
  const began = context.now();
  let event: RevocationEvent;
  try {
    if (row.clientId !== null)
      event =
        (await context.grants.delete(row.subject, row.clientId)) === 'deleted'
          ? 'grant_deleted'
          : 'grant_absent';
    else event = (await deleteAll(context, row.subject)) > 0 ? 'grant_deleted' : 'grant_absent';
  } catch {
    const delay = Math.min(RETRY_FIRST_MS * 2 ** row.attempts, RETRY_LAST_MS);
    await postponeDeletion(db, row, context.now(), delay);
    if (row.attempts === 0) await recordEvent(context, row, 'deletion_failed');
    retryLater(context);
    return false;
  }
  // Deleting all grants of a person also completes the pending deletions of single clients.
  const until = new Date(Math.max(began.getTime(), row.revokedAt.getTime()));
  const settled = coversAll ? await pendingDeletions(db, row, until) : [row];
  const done = await markDeleted(db, settled, context.now());
  context.denylist.current.apply(done.map(denialOf));
  await recordEvent(context, row, event);
  return true;
}

async function recordEvent(context: Context, row: DenialRow, event: RevocationEvent): Promise<void> {
  const connectionId = row.target === allTargetOf(row) ? '' : row.target;
  const { issuer, subject } = row;
  await insertEvent(await context.database(), {
    issuer,
    subject,
    connectionId,
    at: context.now(),
    event,
    by: '',
  });
}

/** Deletes every grant of a person and returns their number. */
async function deleteAll({ grants }: Context, userId: string): Promise<number> {
  const listed = await grants.list(userId);
  const applications = [...new Set(listed.map(({ applicationId }: Grant) => applicationId))];
  await inBatches(applications, (application) => grants.delete(userId, application));
  return applications.length;
}

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < items.length; from += CONCURRENCY)
    await Promise.all(items.slice(from, from + CONCURRENCY).map(work));
}

/**
 * Retries the deletions that are due, of all people.
 *
 * @returns how many grants were deleted
 * @throws when the database cannot be reached
 */
export async function retryDue(context: Context): Promise<number> {
  const rows = await claimDueDeletions(await context.database(), context.now(), ATTEMPTS_PER_RUN);
  let deleted = 0;
  await inBatches(rows, async (row) => {
    if (await attemptDeletion(context, row)) deleted++;
  });
  return deleted;
}

const RETRY_INTERVAL_MS = 2_000;
const lastRun = new WeakMap<Context, number>();

/** Retries deletions in the background, at most once per interval. Never throws, never waits. */
export function scheduleRetry(context: Context): void {
  retryLater(context);
  const now = performance.now();
  if (now - (lastRun.get(context) ?? Number.NEGATIVE_INFINITY) < RETRY_INTERVAL_MS) return;
  lastRun.set(context, now);
  retryDue(context).catch((error: unknown) =>
    log('warn', 'revocation.retry_failed', { reason: databaseErrorCode(error) }),
  );
}

const waiting = new WeakSet<Context>();

/** Retries once more after the interval, without waiting for a request, while a deletion is pending. */
function retryLater(context: Context): void {
  if (waiting.has(context)) return;
  waiting.add(context);
  const timer = setTimeout(() => {
    waiting.delete(context);
    // Another instance may have deleted the grant. A failed refresh is reported to the next call.
    context.denylist.ready()?.catch(() => {});
    if (context.denylist.current.hasPending()) scheduleRetry(context);
  }, RETRY_INTERVAL_MS);
  timer.unref();
}
