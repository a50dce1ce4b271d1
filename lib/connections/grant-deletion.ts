import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { connections } from '#lib/db/schema.ts';
import { log } from '#lib/observability/log.ts';
import { runInBackground } from '#lib/server/background.ts';
import { WorkosUnavailableError } from '#lib/workos/errors.ts';
import type { Grant, GrantList } from '#lib/workos/grants.ts';
import { type Context, isForThisServer } from './context.ts';
import { claimDueDeletions, markDeleted, pendingDeletions, postponeDeletion } from './deletion-queries.ts';
import {
  allTargetOf,
  type DenialRow,
  denialOf,
  insertEvent,
  type RevocationEvent,
} from './denial-queries.ts';
import { clientKey } from './identity.ts';
import { clientKeyOf, ofPerson } from './person-rows.ts';

const RETRY_FIRST_MS = 2_000;
const RETRY_LAST_MS = 60_000;
const ATTEMPTS_PER_RUN = 20;
const CONCURRENCY = 4;
/** Grants are listed again after a deletion, because one deletion may leave the grant of another organization. */
const MAX_ROUNDS = 5;

/**
 * Deletes the grants of a pending denial at WorkOS, or all grants of the person. On failure the denial stays pending,
 * so it refuses every token, and the deletion is retried later.
 *
 * @returns `confirmed`: WorkOS lists no such grant any more; `absent`: it listed none that can be matched
 */
export async function attemptDeletion(
  context: Context,
  row: DenialRow,
): Promise<'confirmed' | 'absent' | 'failed'> {
  const db = await context.database();
  const coversAll = row.target === allTargetOf(row);
  const began = context.now();
  let deletion: Deletion;
  let event: RevocationEvent;
  try {
    const kept = await isSharedGrant(context, row);
    deletion = kept ? KEPT : await deleteGrants(context, row, coversAll);
    event = kept ? 'grant_kept' : deletion.deleted > 0 ? 'grant_deleted' : 'grant_absent';
  } catch (error) {
    const wait = error instanceof WorkosUnavailableError ? (error.retryAfterMs ?? 0) : 0;
    const status = error instanceof WorkosUnavailableError ? error.status : undefined;
    log('warn', 'revocation.deletion_failed', { reason: databaseErrorCode(error), status });
    const delay = Math.max(Math.min(RETRY_FIRST_MS * 2 ** row.attempts, RETRY_LAST_MS), wait);
    await postponeDeletion(db, row, context.now(), delay);
    if (row.attempts === 0) await recordEvent(context, row, 'deletion_failed');
    retryLater(context);
    return 'failed';
  }
  // Deleting all grants of a person also completes the pending deletions of single clients.
  const until = new Date(Math.max(began.getTime(), row.revokedAt.getTime()));
  const settled = coversAll ? await pendingDeletions(db, row, until) : [row];
  const done = await markDeleted(db, settled, context.now(), deletion);
  context.denylist.current.apply(done.map(denialOf));
  await recordEvent(context, row, event);
  return deletion.confirmed ? 'confirmed' : 'absent';
}

type Deletion = { deleted: number; confirmed: boolean; applicationId: string | null };

const KEPT: Deletion = { deleted: 0, confirmed: false, applicationId: null };

/** The key of the client whose grants a denial ends. */
const clientOf = ({ issuer, subject, clientId, organizationId, target }: DenialRow) =>
  organizationId === null || clientId === null
    ? target
    : clientKey({ issuer, subject, clientId, sessionId: undefined });

/** Whether a deletion for one organization would end a grant of another: WorkOS may delete those of all together. */
async function isSharedGrant(context: Context, row: DenialRow): Promise<boolean> {
  const { subject, organizationId } = row;
  if (organizationId === null) return false;
  if (!(await context.grants.soleOrganization?.(subject, organizationId))) return true;
  const db = await context.database();
  const elsewhere = await db
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(
        ofPerson(connections, row),
        eq(clientKeyOf, clientOf(row)),
        isNotNull(connections.firstSeen),
        sql`${connections.organizationId} is distinct from ${organizationId}`,
      ),
    )
    .limit(1);
  return elsewhere.length > 0;
}

/** Deletes by the ids that WorkOS lists, until it lists none of them. */
async function deleteGrants(context: Context, row: DenialRow, coversAll: boolean): Promise<Deletion> {
  const db = await context.database();
  const applications = new Set<string>();
  let deleted = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { grants, complete } = await context.grants.list(row.subject);
    const found = coversAll ? grants : await grantsOf(context, row, { grants, complete }, applications);
    const listed = new Set(found.map(({ applicationId }) => applicationId));
    if (listed.size === 0) {
      // The grant may be in a row that cannot be read. A URL is not safe as a segment of a path.
      if (!complete && deleted === 0 && /^[\w-]+$/.test(row.clientId ?? '/'))
        if ((await context.grants.delete(row.subject, row.clientId ?? '')) === 'deleted') deleted++;
      const applicationId = applications.size === 1 ? ([...applications][0] ?? null) : null;
      const known =
        coversAll || applications.size > 0 || row.deletedAt !== null || (await wasListed(context, row));
      return { deleted, confirmed: deleted > 0 || (complete && known), applicationId };
    }
    await inBatches(found, async ({ applicationId, clientId }) => {
      // Another attempt, which finds it deleted, has to know that there was one.
      const key = clientKey({ issuer: row.issuer, subject: row.subject, clientId, sessionId: undefined });
      await db
        .update(connections)
        .set({ applicationId })
        .where(and(ofPerson(connections, row), eq(clientKeyOf, key)));
    });
    await inBatches([...listed], async (application) => {
      applications.add(application);
      if ((await context.grants.delete(row.subject, application)) === 'deleted') deleted++;
    });
  }
  throw new WorkosUnavailableError('delete the grants: it still lists them');
}

/**
 * The grants of a client. Its ids in tokens and in grants may differ, or its tokens name no client: then it is the only
 * grant for this server whose client no token named. Names do not choose: a client could take that of another.
 */
async function grantsOf(
  context: Context,
  row: DenialRow,
  { grants, complete }: GrantList,
  applications: ReadonlySet<string>,
): Promise<readonly Grant[]> {
  if (applications.size > 0) return grants.filter(({ applicationId }) => applications.has(applicationId));
  const person = { issuer: row.issuer, subject: row.subject, sessionId: undefined };
  const own = grants.filter(
    ({ clientId, applicationId }) =>
      clientKey({ ...person, clientId }) === clientOf(row) || applicationId === row.clientId,
  );
  const db = await context.database();
  if (own.length > 0 || !complete || (await wasListed(context, row))) return own;
  const named = await db
    .select({ clientId: connections.clientId })
    .from(connections)
    .where(
      and(ofPerson(connections, row), isNotNull(connections.firstSeen), isNotNull(connections.clientId)),
    );
  const ids = new Set(named.map(({ clientId }) => clientId));
  const unnamed = grants.filter(
    (grant) => !ids.has(grant.clientId) && !ids.has(grant.applicationId) && isForThisServer(context, grant),
  );
  return new Set(unnamed.map(({ applicationId }) => applicationId)).size === 1 ? unnamed : [];
}

/** Whether WorkOS ever listed a grant under the id of this client. */
async function wasListed(context: Context, row: DenialRow): Promise<boolean> {
  const db = await context.database();
  const listed = await db
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(ofPerson(connections, row), eq(clientKeyOf, clientOf(row)), isNotNull(connections.applicationId)),
    )
    .limit(1);
  return listed.length > 0;
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
    if ((await attemptDeletion(context, row)) === 'confirmed') deleted++;
  });
  return deleted;
}

const RETRY_INTERVAL_MS = 2_000;
const lastRun = new WeakMap<Context, number>();

/** Retries deletions in the background, at most once per interval. Never throws, never waits. */
export function scheduleRetry(context: Context): void {
  retryLater(context);
  const now = context.now().getTime();
  // Absolute, so that a clock that was set back does not stop the retries.
  if (Math.abs(now - (lastRun.get(context) ?? 0)) < RETRY_INTERVAL_MS) return;
  lastRun.set(context, now);
  runInBackground(retryNow(context));
}

/** Retries deletions that are due after `delayMs`, also in a process that would be frozen before. */
export function deleteLater(context: Context, delayMs: number): void {
  const pause = new Promise<void>((resolve) => setTimeout(resolve, delayMs).unref());
  runInBackground(pause.then(() => retryNow(context)));
  retryLater(context);
}

const retryNow = (context: Context): Promise<void> =>
  retryDue(context).then(
    () => undefined,
    (error: unknown) => log('warn', 'revocation.retry_failed', { reason: databaseErrorCode(error) }),
  );

const waiting = new WeakSet<Context>();

/** Retries once more after the interval, without waiting for a request, while a deletion is pending. */
function retryLater(context: Context): void {
  if (waiting.has(context)) return;
  waiting.add(context);
  const pause = new Promise<void>((resolve) => setTimeout(resolve, RETRY_INTERVAL_MS).unref());
  runInBackground(
    pause.then(async () => {
      waiting.delete(context);
      // Another instance may have deleted the grant.
      await context.denylist.refresh();
      if (context.denylist.current.hasPending()) scheduleRetry(context);
    }),
  );
}
