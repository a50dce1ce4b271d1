import { and, asc, eq, inArray, lte, or, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { connections, denials, revocations } from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import { MAX_LIFETIME_SECONDS } from '#lib/oauth/access-token.ts';
import { type Denial, everything, type Position } from './denylist.ts';
import { type Person, personKey } from './identity.ts';

export type DenialRow = typeof denials.$inferSelect;
export type RevocationEvent = typeof revocations.$inferSelect.event;

const PAGE = 20_000;
/** A statement takes 65,535 parameters at most. */
const INSERTED_AT_ONCE = 1_000;
/** An attempt that neither succeeded nor failed by then is taken for dead, and made again. */
const LEASE_MS = 30_000;
/** Cut-offs further back than any accepted token need not be known. */
export const CUTOFF_MATTERS_SECONDS = MAX_LIFETIME_SECONDS + 3600;

/** The form in which a row takes effect. */
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

/** Denials that changed after a position and can still matter, oldest change first. */
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
          sql`greatest(${denials.revokedAt}, ${denials.deletedAt}) > now() - make_interval(secs => ${CUTOFF_MATTERS_SECONDS})`,
        ),
      ),
    )
    .orderBy(asc(denials.version), asc(denials.target))
    .limit(PAGE);
  return { denials: rows.map(denialOf), more: rows.length === PAGE };
}

/** The next version. Until the transaction ends, no other one can take a version. */
async function nextVersion(tx: Database): Promise<number> {
  const [clock] = await rows<{ version: number }>(
    tx,
    sql`
    insert into revocation_clock as clock (id, version) values (1, 1)
    on conflict (id) do update set version = clock.version + 1 returning version::float8 as version`,
  );
  if (clock === undefined) throw new Error('the revocation clock gave no version');
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
 * Puts denials in force, or moves them forward to now. Committed when it returns.
 *
 * @param history - what to tell people, once; undefined when they were told already
 */
export async function deny(
  db: Database,
  wanted: readonly NewDenial[],
  now: Date,
  history?: Person & { connectionId: string; by: string },
): Promise<DenialRow[]> {
  return await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    if (history !== undefined) await remember(tx, { ...history, at: now, event: 'revoked' });
    const rows: DenialRow[] = [];
    for (let from = 0; from < wanted.length; from += INSERTED_AT_ONCE)
      rows.push(...(await upsert(tx, wanted.slice(from, from + INSERTED_AT_ONCE), now, version)));
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

/** Adds to a connection's history. */
export async function remember(
  db: Database,
  event: Person & { connectionId: string; at: Date; event: RevocationEvent; by: string },
): Promise<void> {
  const { issuer, subject, connectionId, at, by } = event;
  await db
    .insert(revocations)
    .values({ id: uuidv7(at.getTime()), issuer, subject, connectionId, at, event: event.event, by });
}

/**
 * The grants of these denials are gone: from now on only tokens issued before count. A denial that was put in
 * force again in the meantime stays pending, for its own deletion.
 */
export async function deletionDone(
  db: Database,
  rows: readonly DenialRow[],
  now: Date,
): Promise<DenialRow[]> {
  if (rows.length === 0) return [];
  return await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    await forgetGrants(tx, rows);
    const same = rows.map((row) => and(eq(denials.target, row.target), eq(denials.revokedAt, row.revokedAt)));
    return await tx
      .update(denials)
      .set({ deletion: 'done', deletedAt: now, version })
      .where(and(eq(denials.deletion, 'pending'), or(...same)))
      .returning();
  });
}

/** A grant that WorkOS lists after this is a new consent. */
async function forgetGrants(tx: Database, rows: readonly DenialRow[]): Promise<void> {
  for (const row of rows) {
    const ofPerson = and(eq(connections.issuer, row.issuer), eq(connections.subject, row.subject));
    const which = row.target === everythingOf(row) ? ofPerson : and(ofPerson, eq(connections.id, row.target));
    await tx.update(connections).set({ grantListedAt: null }).where(which);
  }
}

/** The deletion did not work: when to try again, milliseconds from `now`. */
export async function deletionFailed(db: Database, row: DenialRow, now: Date, delay: number): Promise<void> {
  await db
    .update(denials)
    .set({ attempts: row.attempts + 1, nextAttemptAt: new Date(now.getTime() + delay) })
    .where(and(eq(denials.target, row.target), eq(denials.deletion, 'pending')));
}

/** Pending deletions of a person that were asked for up to `until`. */
export async function pendingOf(db: Database, person: Person, until: Date): Promise<DenialRow[]> {
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

/** Takes deletions that are due, so that no other instance makes the same attempt at the same time. */
export async function claimDue(db: Database, now: Date, limit: number): Promise<DenialRow[]> {
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

/** The denial target for everything that acts for a person. */
export const everythingOf = (person: Person) => everything(personKey(person));
