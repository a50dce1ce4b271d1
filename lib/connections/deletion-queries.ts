import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections, denials } from '#lib/db/schema.ts';
import { allTargetOf, type DenialRow, LEASE_MS, nextVersion } from './denial-queries.ts';
import type { Person } from './identity.ts';
import { clientKeyOf, ofPerson } from './person-rows.ts';

/**
 * Marks the deletions of these denials as done. Confirmed ones are limited to tokens issued up to `now`, and a grant that
 * WorkOS lists after this is a new consent. A denial that was renewed meanwhile stays pending, for a deletion of its own.
 *
 * @returns the rows that changed, those of the consents included
 */
export async function markDeleted(
  db: Database,
  settled: readonly DenialRow[],
  now: Date,
  { confirmed, applicationId }: { confirmed: boolean; applicationId: string | null },
): Promise<DenialRow[]> {
  const [first] = settled;
  if (first === undefined) return [];
  return await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    const same = settled.map((row) =>
      and(eq(denials.target, row.target), eq(denials.revokedAt, row.revokedAt)),
    );
    const outcome = { ...(confirmed && { deletedAt: now }), applicationId, version };
    const done = await tx
      .update(denials)
      .set({ ...outcome, deletion: 'done' })
      .where(and(eq(denials.deletion, 'pending'), or(...same)))
      .returning();
    const targets = done.map(({ target }) => target);
    if (!confirmed || targets.length === 0) return done;
    const whole = targets.includes(allTargetOf(first));
    const clients = tx
      .select({ target: denials.target })
      .from(denials)
      .where(inArray(denials.parent, targets));
    const covered = whole
      ? lte(denials.revokedAt, now)
      : or(inArray(denials.parent, targets), inArray(denials.parent, clients));
    const consents = await tx
      .update(denials)
      .set(outcome)
      .where(
        and(
          ofPerson(denials, first),
          covered,
          eq(denials.deletion, 'done'),
          or(isNull(denials.deletedAt), sql`${denials.deletedAt} < ${denials.revokedAt}`),
        ),
      )
      .returning();
    await clearGrants(tx, first, whole ? undefined : targets);
    return [...done, ...consents];
  });
}

/** Clears the listed grants: one that WorkOS lists after this is a new consent. */
async function clearGrants(tx: Database, person: Person, keys: string[] | undefined): Promise<void> {
  await tx
    .update(connections)
    .set({ grantListedAt: null })
    .where(
      and(
        ofPerson(connections, person),
        keys && or(inArray(clientKeyOf, keys), inArray(connections.id, keys)),
      ),
    );
}

/** Records a failed deletion and schedules the next attempt `delay` milliseconds after `now`. */
export async function postponeDeletion(
  db: Database,
  row: DenialRow,
  now: Date,
  delay: number,
): Promise<void> {
  await db
    .update(denials)
    .set({ attempts: row.attempts + 1, nextAttemptAt: new Date(now.getTime() + delay) })
    .where(and(eq(denials.target, row.target), eq(denials.deletion, 'pending')));
}

/** Pending deletions of a person that were requested up to `until`. */
export async function pendingDeletions(db: Database, person: Person, until: Date): Promise<DenialRow[]> {
  return await db
    .select()
    .from(denials)
    .where(and(ofPerson(denials, person), eq(denials.deletion, 'pending'), lte(denials.revokedAt, until)));
}

/** Claims deletions that are due, so that no other instance attempts them at the same time. */
export async function claimDueDeletions(db: Database, now: Date, limit: number): Promise<DenialRow[]> {
  const due = db
    .select({ target: denials.target })
    .from(denials)
    .where(and(eq(denials.deletion, 'pending'), lte(denials.nextAttemptAt, now)))
    .orderBy(asc(denials.nextAttemptAt))
    .limit(limit)
    .for('update', { skipLocked: true });
  return await db
    .update(denials)
    .set({ nextAttemptAt: new Date(now.getTime() + LEASE_MS), undo: null })
    .where(inArray(denials.target, due))
    .returning();
}
