import { and, asc, eq, inArray, lte, or, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { connections, denials, revocations } from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import { MAX_LIFETIME_SECONDS } from '#lib/oauth/access-token.ts';
import { allTarget, type Denial, type Position } from './denylist.ts';
import { type Person, personKey } from './identity.ts';

export type DenialRow = typeof denials.$inferSelect;
export type RevocationEvent = typeof revocations.$inferSelect.event;

const PAGE_SIZE = 20_000;
/** PostgreSQL accepts at most 65,535 parameters in a statement. */
const MAX_INSERTED_ROWS = 1_000;
/** An attempt that has not ended by then is treated as failed and repeated. */
const LEASE_MS = 30_000;
/** Denials that only refuse tokens older than this are not loaded: such tokens are expired. */
export const CUTOFF_RETENTION_SECONDS = MAX_LIFETIME_SECONDS + 3600;

/** The denylist entry of a row. */
export function denialOf(row: DenialRow): Denial {
  const until = Math.max(row.revokedAt.getTime(), row.deletedAt?.getTime() ?? 0);
  const pending = row.deletion === 'pending';
  return {
    target: row.target,
    person: personKey(row),
    cutoff: Math.floor(until / 1000),
    always: pending || row.permanent,
    pending,
    coversUnattributed: row.coversUnattributed,
    version: row.version,
  };
}

/** Denials that changed after a position and can still refuse a token, oldest change first. */
export async function loadDenials(
  db: Database,
  after: Position,
): Promise<{ denials: Denial[]; more: boolean }> {
  const rows = await db
    .select()
    .from(denials)
    .where(
      and(
        sql`(${denials.version}, ${denials.target}) > (${after.version}, ${after.target})`,
        or(
          eq(denials.deletion, 'pending'),
          denials.permanent,
          sql`greatest(${denials.revokedAt}, ${denials.deletedAt}) > now() - make_interval(secs => ${CUTOFF_RETENTION_SECONDS})`,
        ),
      ),
    )
    .orderBy(asc(denials.version), asc(denials.target))
    .limit(PAGE_SIZE);
  return { denials: rows.map(denialOf), more: rows.length === PAGE_SIZE };
}

/** The next version. Its row stays locked until the transaction ends, so that versions are committed in order. */
async function nextVersion(tx: Database): Promise<number> {
  const [clock] = await rows<{ version: number }>(
    tx,
    sql`
    insert into revocation_clock as clock (id, version) values (1, 1)
    on conflict (id) do update set version = clock.version + 1 returning version::float8 as version`,
  );
  if (clock === undefined) throw new Error('the revocation clock returned no version');
  return clock.version;
}

export type NewDenial = Person & {
  target: string;
  clientId: string | null;
  permanent: boolean;
  coversUnattributed: boolean;
  deletion: 'pending' | 'done';
};

/**
 * Adds denials, or moves their time forward to `now`. Committed when it returns.
 *
 * @param event - added to the revocation history; omitted when the connection was revoked already
 */
export async function addDenials(
  db: Database,
  wanted: readonly NewDenial[],
  now: Date,
  event?: Person & { connectionId: string; by: string },
): Promise<DenialRow[]> {
  return await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    if (event !== undefined) await insertEvent(tx, { ...event, at: now, event: 'revoked' });
    const rows: DenialRow[] = [];
    for (let from = 0; from < wanted.length; from += MAX_INSERTED_ROWS)
      rows.push(...(await upsert(tx, wanted.slice(from, from + MAX_INSERTED_ROWS), now, version)));
    return rows;
  });
}

async function upsert(tx: Database, wanted: readonly NewDenial[], now: Date, version: number) {
  const nextAttemptAt = new Date(now.getTime() + LEASE_MS);
  return await tx
    .insert(denials)
    .values(wanted.map((denial) => ({ ...denial, revokedAt: now, nextAttemptAt, version })))
    .onConflictDoUpdate({
      target: denials.target,
      set: {
        revokedAt: sql`greatest(${denials.revokedAt}, excluded.revoked_at)`,
        permanent: sql`excluded.permanent`,
        coversUnattributed: sql`${denials.coversUnattributed} or excluded.covers_unattributed`,
        deletion: sql`excluded.deletion`,
        attempts: 0,
        nextAttemptAt: sql`excluded.next_attempt_at`,
        version: sql`excluded.version`,
      },
    })
    .returning();
}

/** Adds an event to the revocation history of a connection. */
export async function insertEvent(
  db: Database,
  event: Person & { connectionId: string; at: Date; event: RevocationEvent; by: string },
): Promise<void> {
  const { issuer, subject, connectionId, at, by } = event;
  await db
    .insert(revocations)
    .values({ id: uuidv7(at.getTime()), issuer, subject, connectionId, at, event: event.event, by });
}

/**
 * Marks the grants of these denials as deleted, which limits the denials to tokens issued up to `now`. A denial that
 * was renewed meanwhile stays pending, for a deletion of its own.
 *
 * @returns the rows that changed
 */
export async function markDeleted(db: Database, rows: readonly DenialRow[], now: Date): Promise<DenialRow[]> {
  if (rows.length === 0) return [];
  return await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    await clearGrants(tx, rows);
    const same = rows.map((row) => and(eq(denials.target, row.target), eq(denials.revokedAt, row.revokedAt)));
    return await tx
      .update(denials)
      .set({ deletion: 'done', deletedAt: now, version })
      .where(and(eq(denials.deletion, 'pending'), or(...same)))
      .returning();
  });
}

/** Clears the listed grants: one that WorkOS lists after this is a new consent. */
async function clearGrants(tx: Database, rows: readonly DenialRow[]): Promise<void> {
  for (const row of rows) {
    const ofPerson = and(eq(connections.issuer, row.issuer), eq(connections.subject, row.subject));
    const which = row.target === allTargetOf(row) ? ofPerson : and(ofPerson, eq(connections.id, row.target));
    await tx.update(connections).set({ grantListedAt: null }).where(which);
  }
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
    .where(
      and(
        eq(denials.issuer, person.issuer),
        eq(denials.subject, person.subject),
        eq(denials.deletion, 'pending'),
        lte(denials.revokedAt, until),
      ),
    );
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
    .set({ nextAttemptAt: new Date(now.getTime() + LEASE_MS) })
    .where(inArray(denials.target, due))
    .returning();
}

/** The target that covers every connection of a person. */
export const allTargetOf = (person: Person) => allTarget(personKey(person));
