import { and, eq, gt, inArray, isNotNull, lt, max, or, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { connections, denials, revocationClock, revocations } from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { allTarget, type Denial } from './denylist.ts';
import type { Changes } from './denylist-cache.ts';
import { memberKey, type Person, personKey, sessionKey } from './identity.ts';
import { notifyOfRevocation, sendNotifications } from './notifications.ts';
import { clientKeyOf, ofPerson } from './person-rows.ts';
import { readWithPolicies } from './policy/read.ts';
import { createPolicyStore, type PolicyStore } from './policy/store.ts';

export type DenialRow = typeof denials.$inferSelect;
export type RevocationEvent = typeof revocations.$inferSelect.event;

/** Most changes that are read, rather than everything again. */
const MAX_CHANGES = 20_000;
/** PostgreSQL accepts at most 65,535 parameters in a statement. */
const MAX_INSERTED_ROWS = 1_000;
/** An attempt that has not ended by then is treated as failed and repeated. */
export const LEASE_MS = 30_000;

/** When a denial was last put in force: tokens issued until then are refused. */
const until = (row: DenialRow) => Math.max(row.revokedAt.getTime(), row.deletedAt?.getTime() ?? 0);

/** The denylist entry of a row. */
export function denialOf(row: DenialRow): Denial {
  const { target, parent, organizationId, permanent, deletion, regrantedAt, coversUnattributed, version } =
    row;
  return {
    target,
    parent,
    person: personKey(row),
    cutoff: Math.floor(until(row) / 1000),
    permanent,
    pending: deletion === 'pending',
    regranted: regrantedAt !== null,
    coversUnattributed,
    member: organizationId === null ? undefined : memberKey(row, organizationId),
    version,
  };
}

/** All denials of the people of `callers`, and those that changed after a version; with -1 the pending ones. */
export async function loadDenials(
  db: Database,
  after: number,
  callers: readonly Caller[],
  policies: PolicyStore = createPolicyStore(),
): Promise<Changes | undefined> {
  // First, so that whatever changes meanwhile is among the changes of this read or the next.
  const [clock] =
    after < 0 ? await db.select({ version: max(revocationClock.version) }).from(revocationClock) : [];
  const subjects = callers.map(({ subject }) => subject);
  const issuer = callers[0]?.issuer;
  const theirs =
    issuer === undefined
      ? []
      : await db
          .select()
          .from(denials)
          .where(and(eq(denials.issuer, issuer), inArray(denials.subject, subjects)));
  const which = after < 0 ? eq(denials.deletion, 'pending') : gt(denials.version, after);
  const read = { which, limit: MAX_CHANGES, after, callers };
  const { changed, newest } = await readWithPolicies(db, read, policies);
  if (after >= 0 && changed.length === MAX_CHANGES) {
    policies.clear();
    return undefined;
  }
  const version = after < 0 ? (clock?.version ?? 0) : newest;
  return { denials: [...theirs, ...changed].map(denialOf), version };
}

/** The next version. Its row stays locked until the transaction ends, so that versions are committed in order. */
export async function nextVersion(tx: Database): Promise<number> {
  const [clock] = await rows<{ version: number }>(
    tx,
    sql`
    insert into revocation_clock as clock (id, version) values (1, 1)
    on conflict (id) do update set version = clock.version + 1 returning version::float8 as version`,
  );
  if (clock === undefined) throw new Error('the revocation clock returned no version');
  return clock.version;
}

export type NewDenial = Pick<
  DenialRow,
  'issuer' | 'subject' | 'target' | 'parent' | 'clientId' | 'permanent' | 'coversUnattributed' | 'deletion'
> &
  Partial<Pick<DenialRow, 'applicationId' | 'deletedAt' | 'organizationId'>>;

/** What happened to a connection, or with an empty id to all of a person. */
export type HistoryEvent = Person & {
  connectionId: string;
  event: RevocationEvent;
  by: string;
  /** For notifications: the revocation that can be undone, and for how long. */
  key?: string;
  delaySeconds?: number;
};

/** Denials to add, and events for the revocation history: none of a connection that was revoked already. */
type Denying = { wanted: readonly NewDenial[]; events: readonly HistoryEvent[] };

/**
 * Adds denials, or moves their time forward to `now`. Committed when it returns.
 *
 * @param denying - the denials, or reads them in the transaction, while no other transaction changes denials
 * @param undo - which revocation this is and until when it can be undone: grants are deleted after that
 */
export async function addDenials(
  db: Database,
  denying: readonly NewDenial[] | ((tx: Database) => Promise<Denying>),
  now: Date,
  undo?: { id: string; until: number },
): Promise<DenialRow[]> {
  const added = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    const { wanted, events } =
      typeof denying === 'function' ? await denying(tx) : { wanted: denying, events: [] };
    for (const event of events) await insertEvent(tx, { ...event, at: now });
    return await writeDenials(tx, wanted, now, version, undo);
  });
  sendNotifications();
  return added;
}

/** Writes denials in a transaction that has this {@link nextVersion}. */
export async function writeDenials(
  tx: Database,
  wanted: readonly NewDenial[],
  now: Date,
  version: number,
  undo?: { id: string; until: number },
): Promise<DenialRow[]> {
  const written: DenialRow[] = [];
  for (let from = 0; from < wanted.length; from += MAX_INSERTED_ROWS)
    written.push(...(await upsert(tx, wanted.slice(from, from + MAX_INSERTED_ROWS), now, version, undo)));
  return written;
}

async function upsert(
  tx: Database,
  wanted: readonly NewDenial[],
  now: Date,
  version: number,
  undo?: { id: string; until: number },
) {
  const nextAttemptAt = new Date(undo?.until ?? now.getTime() + LEASE_MS);
  const undoable = undo === undefined ? null : { ...undo, before: null };
  return await tx
    .insert(denials)
    .values(wanted.map((denial) => ({ ...denial, revokedAt: now, nextAttemptAt, undo: undoable, version })))
    .onConflictDoUpdate({
      target: denials.target,
      set: {
        revokedAt: sql`greatest(${denials.revokedAt}, excluded.revoked_at)`,
        permanent: sql`excluded.permanent`,
        coversUnattributed: sql`${denials.coversUnattributed} or excluded.covers_unattributed`,
        deletion: sql`excluded.deletion`,
        deletedAt: sql`coalesce(excluded.deleted_at, ${denials.deletedAt})`,
        applicationId: sql`excluded.application_id`,
        parent: sql`excluded.parent`,
        organizationId: sql`excluded.organization_id`,
        regrantedAt: null,
        attempts: 0,
        nextAttemptAt: sql`excluded.next_attempt_at`,
        undo: sql`excluded.undo || jsonb_build_object('before', to_jsonb(${denials}) - 'undo')`,
        version: sql`excluded.version`,
      },
    })
    .returning();
}

/** Adds an event to the revocation history of a connection. */
export async function insertEvent(db: Database, event: HistoryEvent & { at: Date }): Promise<void> {
  const { issuer, subject, connectionId, at, by } = event;
  await db
    .insert(revocations)
    .values({ id: uuidv7(at.getTime()), issuer, subject, connectionId, at, event: event.event, by });
  await notifyOfRevocation(db, event);
}

/** All denials of a person. */
export async function denialsOf(db: Database, person: Person): Promise<DenialRow[]> {
  return await db.select().from(denials).where(ofPerson(denials, person));
}

/**
 * Moves the cut-off of a consent, so that with the tolerance of clocks it covers a token that was refused: a new consent
 * may have the same `sid`, and its tokens are newer.
 *
 * @param issuedAt - `iat` of the token, seconds since the epoch
 */
export async function coverRefused(db: Database, target: string, issuedAt: number): Promise<DenialRow[]> {
  const deletedAt = new Date((issuedAt - CLOCK_TOLERANCE_SECONDS) * 1000);
  const earlier = and(eq(denials.target, target), lt(denials.deletedAt, deletedAt));
  if ((await db.select({ target: denials.target }).from(denials).where(earlier)).length === 0) return [];
  return await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    return await tx.update(denials).set({ deletedAt, version }).where(earlier).returning();
  });
}

/**
 * Lifts denials, each unless it changed since it was read: WorkOS, asked after that, lists their grants.
 *
 * @returns the rows that changed
 */
export async function liftDenials(
  db: Database,
  lifted: readonly DenialRow[],
  now: Date,
): Promise<DenialRow[]> {
  if (lifted.length === 0) return [];
  return await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    const same = lifted.map((row) => and(eq(denials.target, row.target), eq(denials.version, row.version)));
    return await tx
      .update(denials)
      .set({ regrantedAt: now, permanent: false, version })
      .where(or(...same))
      .returning();
  });
}

/**
 * The denials of clients of a person: one for each client, over all organizations, and one for each consent that it had.
 *
 * @param keys - the keys of the clients; all of the person when omitted
 */
export async function denialsOfClients(
  db: Database,
  person: Person,
  keys?: readonly string[],
): Promise<NewDenial[]> {
  const stored = await db
    .select({
      key: clientKeyOf,
      clientId: connections.clientId,
      applicationId: connections.applicationId,
      seen: isNotNull(connections.firstSeen).mapWith(Boolean),
      sessionId: connections.sessionId,
      sessionIds: connections.sessionIds,
    })
    .from(connections)
    .where(and(ofPerson(connections, person), keys && inArray(clientKeyOf, [...keys])));
  const clients = new Map<string, NewDenial>();
  for (const { key, clientId, seen, sessionId, sessionIds } of stored) {
    const base = {
      issuer: person.issuer,
      subject: person.subject,
      clientId: null,
      deletion: 'done' as const,
    };
    const consents = [...sessionIds, ...(sessionId === null ? [] : [sessionId])].map((id) =>
      sessionKey(person, id),
    );
    // Of a client that never called, no consent is known that would tell its old tokens from new ones.
    const permanent = consents.includes(key) || (clientId !== null && !seen);
    const known = clients.get(key);
    clients.set(key, {
      ...base,
      target: key,
      parent: null,
      clientId,
      permanent: permanent && known?.permanent !== false,
      // Never seen with its client id: its tokens may be ones that name no client.
      coversUnattributed: clientId !== null && !seen && known?.coversUnattributed !== false,
    });
    for (const target of consents)
      if (target !== key)
        clients.set(target, { ...base, target, parent: key, permanent: true, coversUnattributed: false });
  }
  return [...clients.values()];
}

/** The target that covers every connection of a person. */
export const allTargetOf = (person: Person) => allTarget(personKey(person));
