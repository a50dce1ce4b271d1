import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import type { Grant } from '#lib/workos/grants.ts';
import type { Context } from './context.ts';
import {
  claimDue,
  type DenialRow,
  deletionDone,
  deletionFailed,
  denialOf,
  everythingOf,
  pendingOf,
  type RevocationEvent,
  remember,
} from './denial-queries.ts';

const RETRY_FIRST_MS = 2_000;
const RETRY_LAST_MS = 60_000;
const ATTEMPTS_PER_RUN = 20;
const AT_ONCE = 4;

/**
 * Deletes at WorkOS what a pending denial names, and lets go of it. When that fails the denial stays pending,
 * which refuses everything, and is tried again later.
 *
 * @returns whether the grant is gone
 */
export async function attemptDeletion(context: Context, row: DenialRow): Promise<boolean> {
  const db = await context.database();
  const isEverything = row.target === everythingOf(row);
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
    await deletionFailed(db, row, context.now(), delay);
    if (row.attempts === 0) await tell(context, row, 'deletion_failed');
    retryLater(context);
    return false;
  }
  // All grants of a person are gone: that settles what was pending for single clients before, too.
  const until = new Date(Math.max(began.getTime(), row.revokedAt.getTime()));
  const settled = isEverything ? await pendingOf(db, row, until) : [row];
  const done = await deletionDone(db, settled, context.now());
  context.denials.list.apply(done.map(denialOf));
  await tell(context, row, event);
  return true;
}

async function tell(context: Context, row: DenialRow, event: RevocationEvent): Promise<void> {
  const connectionId = row.target === everythingOf(row) ? '' : row.target;
  const { issuer, subject } = row;
  await remember(await context.database(), {
    issuer,
    subject,
    connectionId,
    at: context.now(),
    event,
    by: '',
  });
}

/** Deletes every grant of a person; how many there were. */
async function deleteAll({ grants }: Context, userId: string): Promise<number> {
  const listed = await grants.list(userId);
  const applications = [...new Set(listed.map(({ applicationId }: Grant) => applicationId))];
  await inGroups(applications, (application) => grants.delete(userId, application));
  return applications.length;
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(work));
}

/**
 * Tries again to delete the grants whose time has come, of everyone.
 *
 * @returns how many are gone now
 */
export async function retryDue(context: Context): Promise<number> {
  const rows = await claimDue(await context.database(), context.now(), ATTEMPTS_PER_RUN);
  let gone = 0;
  await inGroups(rows, async (row) => {
    if (await attemptDeletion(context, row)) gone++;
  });
  return gone;
}

const EVERY_MS = 2_000;
const lastRun = new WeakMap<Context, number>();

/** Tries again in the background, if this context has not done so just now. Never throws, never waits. */
export function scheduleRetry(context: Context): void {
  retryLater(context);
  const now = performance.now();
  if (now - (lastRun.get(context) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
  lastRun.set(context, now);
  retryDue(context).catch((error: unknown) =>
    log('warn', 'revocation.retry_failed', { reason: databaseErrorCode(error) }),
  );
}

const waiting = new WeakSet<Context>();

/** Looks again a little later, also when nobody calls, for as long as a deletion is pending. */
function retryLater(context: Context): void {
  if (waiting.has(context)) return;
  waiting.add(context);
  const timer = setTimeout(() => {
    waiting.delete(context);
    // Another instance may have made the deletion. A list that cannot be read is the next call's to tell.
    context.denials.ready()?.catch(() => {});
    if (context.denials.list.hasPending()) scheduleRetry(context);
  }, EVERY_MS);
  timer.unref();
}
