import { inArray, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { notifications } from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import { perProcess } from '#lib/server/per-process.ts';
import type { SeenConnection } from './activity-rows.ts';
import { UNUSED_AFTER_DAYS } from './app-identity.ts';
import type { Person } from './identity.ts';

/** What owners are notified of. */
type NotificationType =
  | 'connection.created'
  | 'connection.look_alike'
  | 'connection.used_after_silence'
  | 'connection.revoked'
  | 'client.blocked';

/** A fact to notify of. `connectionId` is empty for all connections of the person, or when it concerns no connection. */
export type NotificationFact = Person & {
  type: NotificationType;
  connectionId: string;
  at: Date;
  /** Our own words and ids, by type: `by`, `event`, `host`, `organizationId`. */
  detail?: Record<string, string>;
  /** Distinguishes facts of one type and connection; facts with equal keys are one. Default: each is a fact of its own. */
  key?: string;
  /** How long the fact may still be undone, in seconds: until then it is not sent. */
  delaySeconds?: number;
};

type Delivery = { deliver?: () => void };

const state = perProcess('notifications', (): Delivery => ({}));

/** Turns notifications on in this process. `deliver` is called after each fact was committed; it must not throw or wait. */
export function onNotification(deliver: () => void): void {
  state().deliver = deliver;
}

/** Turns notifications off. */
export function stopNotifications(): void {
  delete state().deliver;
}

/** Sends what {@link notify} wrote. Call it after the transaction. */
export function sendNotifications(): void {
  state().deliver?.();
}

/** Writes a fact to notify of, in the transaction that makes it true. Does nothing while notifications are off. */
export async function notify(tx: Database, fact: NotificationFact): Promise<void> {
  if (state().deliver === undefined) return;
  const { type, issuer, subject, connectionId, at, detail = {}, delaySeconds = 0 } = fact;
  const id = uuidv7(at.getTime());
  await tx
    .insert(notifications)
    .values({
      id,
      key: `${type}:${connectionId}:${fact.key ?? id}`,
      type,
      issuer,
      subject,
      connectionId,
      at,
      detail,
      nextAttemptAt: sql`now() + make_interval(secs => ${delaySeconds})`,
    })
    .onConflictDoNothing();
}

/** Notifies of an event of the revocation history, if it ended the access of a client. */
export async function notifyOfRevocation(
  tx: Database,
  { event, by, ...fact }: Omit<NotificationFact, 'type'> & { event: string; by: string },
): Promise<void> {
  if (event === 'revoked' || event === 'grant_gone')
    await notify(tx, { ...fact, type: 'connection.revoked', detail: { event, by } });
}

/** Notifies of client hosts that an organization blocks from now on. */
export async function notifyOfBlocks(
  tx: Database,
  block: { issuer: string; organizationId: string; hosts: readonly string[]; by: string; at: Date },
): Promise<void> {
  const { issuer, organizationId, hosts, by, at } = block;
  for (const host of hosts) {
    const detail = { host, organizationId, by };
    await notify(tx, { issuer, subject: '', type: 'client.blocked', connectionId: '', at, detail });
  }
}

/** Withdraws revocations that were undone, before they are sent. */
export async function withdrawRevocation(tx: Database, key: string, ids: readonly string[]): Promise<void> {
  if (state().deliver === undefined) return;
  await tx.delete(notifications).where(
    inArray(
      notifications.key,
      ids.map((id) => `connection.revoked:${id}:${key}`),
    ),
  );
}

const OFF = { insert: sql``, first: sql``, returning: sql`` };

/**
 * Parts of the statement that writes calls, which notify of the first call of a connection, and of its first call after
 * {@link UNUSED_AFTER_DAYS}: a normal call needs no statement of its own. `insert` is a CTE, `first` a condition that runs it
 * before connections are locked, and `returning` whether it wrote something.
 */
export function notificationsOfUse(seen: readonly SeenConnection[]) {
  if (state().deliver === undefined) return OFF;
  return {
    insert: sql`, notified as (
      insert into notifications (id, key, type, issuer, subject, connection_id, at)
      select gen_random_uuid(), concat_ws(':', type, id, floor(extract(epoch from since))), type, issuer, subject, id, used_at
      from (
        select seen.*, known.last_used as since,
          case when known.last_used is null then 'connection.created' else 'connection.used_after_silence' end as type
        from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as seen(
          id text, issuer text, subject text, used_at timestamptz)
        left join connections known on known.id = seen.id
        where known.last_used is null or known.last_used < seen.used_at - make_interval(days => ${UNUSED_AFTER_DAYS})
      ) as news
      where used_at is not null order by id
      on conflict (key) do nothing returning 1
    )`,
    first: sql`where (select count(*) from notified) is not null`,
    returning: sql`returning exists (select from notified) as notified`,
  };
}

/** Sends notifications if the statement with {@link notificationsOfUse} wrote one. */
export function sendIfNotified(written: unknown): void {
  const { rows } = written as { rows?: readonly { notified?: boolean }[] };
  if (rows?.some(({ notified }) => notified)) sendNotifications();
}

/** A notification that this process sends now: no other does before its lease ends. */
export type DueNotification = Pick<
  typeof notifications.$inferSelect,
  'id' | 'type' | 'issuer' | 'subject' | 'connectionId' | 'detail' | 'attempts'
> & { at: Date };

/** Claims due notifications and counts an attempt for each. */
export async function claimNotifications(
  db: Database,
  { limit, leaseSeconds }: { limit: number; leaseSeconds: number },
): Promise<DueNotification[]> {
  const claimed = await rows<Omit<DueNotification, 'at'> & { ms: number }>(
    db,
    sql`update notifications set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
      where id in (select id from notifications where state = 'pending' and next_attempt_at <= now()
                   order by next_attempt_at limit ${limit} for update skip locked)
      returning id, type, issuer, subject, connection_id as "connectionId", detail, attempts,
                (extract(epoch from at) * 1000)::float8 as ms`,
  );
  return claimed.map(({ ms, ...row }) => ({ ...row, at: new Date(ms) }));
}

/**
 * Records how an attempt ended.
 *
 * @param retryInSeconds - of a failed attempt; undefined when it was the last one
 */
export async function settleNotification(
  db: Database,
  id: string,
  result: { delivered: true } | { delivered: false; retryInSeconds: number | undefined },
): Promise<void> {
  const state = result.delivered ? 'delivered' : result.retryInSeconds === undefined ? 'failed' : 'pending';
  const wait = result.delivered ? 0 : (result.retryInSeconds ?? 0);
  await db.execute(
    sql`update notifications set state = ${state}, next_attempt_at = now() + make_interval(secs => ${wait})
      where id = ${id} and state = 'pending'`,
  );
}

/** Seconds until the next notification is due, at least 0; undefined when none is pending. */
export async function secondsUntilDue(db: Database): Promise<number | undefined> {
  const [next] = await rows<{ seconds: number | null }>(
    db,
    sql`select extract(epoch from min(next_attempt_at) - now())::float8 as seconds from notifications where state = 'pending'`,
  );
  return next?.seconds == null ? undefined : Math.max(0, next.seconds);
}

/** Deletes notifications of facts older than `days`, sent or not. */
export async function pruneNotifications(db: Database, days: number): Promise<void> {
  await db.execute(
    sql`delete from notifications where id in (
      select id from notifications where at < now() - make_interval(days => ${days}) order by at limit 5000
      for update skip locked)`,
  );
}
