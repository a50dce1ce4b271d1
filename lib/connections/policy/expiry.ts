import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { connections, policies } from '#lib/db/schema.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { log } from '#lib/observability/log.ts';
import type { Context } from '../context.ts';
import {
  type DenialRow,
  denialOf,
  insertEvent,
  type NewDenial,
  nextVersion,
  writeDenials,
} from '../denial-queries.ts';
import { RevocationUnavailableError } from '../denylist-cache.ts';
import { attemptDeletion } from '../grant-deletion.ts';
import { callerKeys, connectionKey, sessionKey } from '../identity.ts';
import { type Choice, type ConnectionPolicy, effectiveLimits } from './effective.ts';
import { unusedUntil } from './limits.ts';
import { savePolicy } from './save.ts';
import { policyRow } from './stored.ts';

/** A call waits this long for the deletion of the grant: a consent that is given meanwhile would be deleted too. */
const DELETION_MS = 5_000;

const running = new WeakMap<Context, Map<string, Promise<boolean>>>();

/**
 * Revokes the connection of a caller when it has expired: its consents are denied and its grant is deleted, so a refresh
 * token does not bring it back, and a new consent does. Its other limits stay. Needs no statement while nothing is due.
 *
 * @returns whether it expired
 * @throws {RevocationUnavailableError} when that cannot be found out, or not be stored
 */
export async function expireIfDue(caller: Caller, context: Context): Promise<boolean> {
  const why = dueExpiry(caller, context);
  if (why === undefined) return false;
  const pending = running.get(context) ?? new Map<string, Promise<boolean>>();
  running.set(context, pending);
  const key = connectionKey(caller);
  const expiring = pending.get(key) ?? expire(caller, why, context).finally(() => pending.delete(key));
  pending.set(key, expiring);
  try {
    return await expiring;
  } catch (error) {
    log('error', 'policy.expiry_failed', { reason: databaseErrorCode(error) });
    throw new RevocationUnavailableError('expiry');
  }
}

/** @throws {RevocationUnavailableError} when the limits are not in memory */
function dueExpiry(caller: Caller, { policies: store, now }: Context): 'date' | 'unused' | undefined {
  const found = store.policiesOf(caller);
  if (found === undefined) throw new RevocationUnavailableError('evicted');
  const limits = effectiveLimits(found, store.unusedDays);
  const at = now().getTime();
  if (limits.expiresAt !== undefined && limits.expiresAt.getTime() <= at) return 'date';
  if (limits.unusedDays === undefined) return undefined;
  if (unusedUntil(store.lastUse(caller) ?? at, limits) <= at) return 'unused';
  store.used(caller, at);
  return undefined;
}

async function expire(caller: Caller, why: 'date' | 'unused', context: Context): Promise<boolean> {
  const db = await context.database();
  const { connection, client } = callerKeys(caller);
  const [seen] = await db
    .select({ lastUsed: connections.lastUsed, sessionIds: connections.sessionIds })
    .from(connections)
    .where(eq(connections.id, connection));
  if (why === 'unused' && !(await isUnused(caller, seen, context))) return false;

  const at = context.now();
  const { issuer, subject, clientId, sessionId, organizationId } = caller;
  const consents = new Set([...(seen?.sessionIds ?? []), ...(sessionId === undefined ? [] : [sessionId])]);
  const denial = (target: string, parent: string | null): NewDenial => ({
    issuer,
    subject,
    target,
    parent,
    organizationId: connection === client ? null : (organizationId ?? null),
    clientId: parent === null ? (clientId ?? null) : null,
    permanent: parent !== null || clientId === undefined,
    coversUnattributed: false,
    deletion: parent === null && clientId !== undefined ? 'pending' : 'done',
  });
  const targets = [...consents].map((id) => sessionKey(caller, id)).filter((target) => target !== connection);
  const { denied, saved } = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    await insertEvent(tx, { issuer, subject, connectionId: connection, event: 'expired', by: '', at });
    const wanted = [denial(connection, null), ...targets.map((target) => denial(target, connection))];
    const kept = await withoutDate(tx, [connection, client], at);
    const policy = { target: connection, issuer, subject, policy: kept, version };
    return { denied: await writeDenials(tx, wanted, at, version), saved: await savePolicy(tx, policy) };
  });
  context.denylist.current.apply(denied.map(denialOf));
  context.policies.apply([saved]);
  context.policies.used(caller, at.getTime());
  await deleteGrant(
    context,
    denied.find(({ deletion }) => deletion === 'pending'),
  );
  return true;
}

/** What was used on another instance, or under a consent that is new here, is in use. */
async function isUnused(
  caller: Caller,
  seen: { lastUsed: Date | null; sessionIds: string[] } | undefined,
  { policies: store, now }: Context,
): Promise<boolean> {
  const found = store.policiesOf(caller);
  const at = now().getTime();
  const isNewConsent = caller.sessionId !== undefined && !seen?.sessionIds.includes(caller.sessionId);
  const lastUse = isNewConsent ? at : (seen?.lastUsed?.getTime() ?? at);
  if (found !== undefined && unusedUntil(lastUse, effectiveLimits(found, store.unusedDays)) <= at)
    return true;
  store.used(caller, Math.max(lastUse, at));
  return false;
}

/** The choices for a connection, those of its client included, without dates that are over: a new consent renews it. */
async function withoutDate(
  tx: Database,
  [connection, client]: string[],
  at: Date,
): Promise<ConnectionPolicy> {
  const targets = [connection, client].flatMap((target) => target ?? []);
  const rows = await tx
    .select()
    .from(policies)
    .where(and(inArray(policies.target, targets)));
  const stored = new Map(rows.map((row) => [row.target, policyRow(row).policy]));
  const [own, ofClient] = [connection, client].map((target) => stored.get(target ?? '')?.connection);
  const renewed = (choice: Choice | undefined) =>
    choice?.limits.expiresAt !== undefined && choice.limits.expiresAt <= at
      ? { ...choice, limits: { ...choice.limits, expiresAt: undefined } }
      : choice;
  return {
    person: renewed(own?.person ?? ofClient?.person),
    administrator: renewed(own?.administrator ?? ofClient?.administrator),
  };
}

/** The denial is committed: the deletion is retried when it fails or takes longer. */
async function deleteGrant(context: Context, row: DenialRow | undefined): Promise<void> {
  if (row === undefined) return;
  const deletion = attemptDeletion(context, row).catch((error: unknown) =>
    log('error', 'policy.deletion_failed', { reason: databaseErrorCode(error) }),
  );
  await withDeadline<unknown>(deletion, DELETION_MS, () => undefined);
}
