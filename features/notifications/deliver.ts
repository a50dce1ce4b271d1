import type { NotificationConfig } from '#lib/config/notifications.ts';
import type { Context } from '#lib/connections/context.ts';
import { refreshGrants } from '#lib/connections/grants.ts';
import {
  claimNotifications,
  type DueNotification,
  notify,
  settleNotification,
} from '#lib/connections/notifications.ts';
import { type ConnectionRow, getConnection } from '#lib/connections/queries.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { payloadOf, resemblance } from './payload.ts';
import { signedHeaders } from './signature.ts';

/** Time for the whole exchange with the receiver. */
const TIMEOUT_MS = 10_000;
/** Longer than an attempt takes, with the request to WorkOS. */
const LEASE_SECONDS = 60;
const AT_ONCE = 8;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** Seconds between attempts, about three days together: the schedule that Standard Webhooks recommends. */
export const RETRY_AFTER_SECONDS = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** Attempts that wait for the name of a new client from WorkOS. */
const ATTEMPTS_FOR_NAME = 2;

export type Delivery = {
  context: Context;
  target: NotificationConfig;
  appUrl: string;
  fetch?: typeof fetch;
};

/**
 * Sends every notification that is due, each at least once. One that fails is sent again later, by any instance.
 *
 * @returns how many were delivered
 * @throws when the database cannot be reached
 */
export async function deliverDue(delivery: Delivery): Promise<number> {
  const db = await delivery.context.database('background');
  let delivered = 0;
  for (;;) {
    const due = await claimNotifications(db, { limit: AT_ONCE, leaseSeconds: LEASE_SECONDS });
    if (due.length === 0) return delivered;
    const results = await Promise.all(due.map((one) => attempt(delivery, one)));
    delivered += results.filter(Boolean).length;
  }
}

async function attempt(delivery: Delivery, due: DueNotification): Promise<boolean> {
  const db = await delivery.context.database('background');
  const failure = await send(delivery, due);
  if (failure === undefined) {
    await settleNotification(db, due.id, { delivered: true });
    log('info', 'notification.delivered', { id: due.id, type: due.type, attempt: due.attempts });
    return true;
  }
  const retryInSeconds = RETRY_AFTER_SECONDS[due.attempts - 1];
  await settleNotification(db, due.id, { delivered: false, retryInSeconds });
  const fields = { id: due.id, type: due.type, attempt: due.attempts, reason: failure };
  if (retryInSeconds === undefined) log('error', 'notification.given_up', fields);
  else log('warn', 'notification.failed', { ...fields, retryInSeconds });
  return false;
}

/** One attempt. Returns why it failed, in a word that is safe to log; undefined when the receiver accepted. */
async function send(
  { context, target, appUrl, fetch: post = fetch }: Delivery,
  due: DueNotification,
): Promise<string | undefined> {
  try {
    const row = await connectionOf(context, due);
    if (row === 'later') return 'grants_unavailable';
    const body = JSON.stringify(payloadOf(due, row, appUrl));
    const response = await post(target.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'mcp-authkit-starter',
        ...signedHeaders(`msg_${due.id}`, body, { secrets: target.secrets, now: Date.now() }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `status_${response.status}`;
  } catch (error) {
    return databaseErrorCode(error);
  }
}

/**
 * The connection of a notification. The name of a client that registered itself is known from WorkOS only; a new one that resembles a
 * well-known client is reported by a notification of its own.
 */
async function connectionOf(
  context: Context,
  due: DueNotification,
): Promise<ConnectionRow | 'later' | undefined> {
  const { issuer, subject, connectionId, type, at } = due;
  if (connectionId === '') return undefined;
  const used = type === 'connection.created' || type === 'connection.used_after_silence';
  if (
    used &&
    (await refreshGrants(context, { issuer, subject })) === 'stale' &&
    due.attempts <= ATTEMPTS_FOR_NAME
  )
    return 'later';
  const row = await getConnection(subject, connectionId, context);
  if (used && row !== undefined && resemblance(row) !== undefined) {
    const fact = { type: 'connection.look_alike' as const, issuer, subject, connectionId, at };
    await notify(await context.database('background'), { ...fact, key: String(at.getTime()) });
  }
  return row;
}
