import type { Database } from '#lib/db/database.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { log } from '#lib/observability/log.ts';
import { observer } from '#lib/observability/observer.ts';
import { runInBackground } from '#lib/server/background.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { flushActivity } from './activity.ts';
import type { Context } from './context.ts';
import {
  addDenials,
  allTargetOf,
  coverRefused,
  type DenialRow,
  denialOf,
  denialsOf,
  denialsOfClients,
  type HistoryEvent,
  type NewDenial,
} from './denial-queries.ts';
import { RevocationUnavailableError } from './denylist-cache.ts';
import { attemptDeletion, deleteLater } from './grant-deletion.ts';
import { expireGrants, refreshGrantsOf } from './grants.ts';
import { callerKeys, isConnectionId, type Person } from './identity.ts';
import { expireIfDue } from './policy/expiry.ts';
import { processContext } from './process-context.ts';
import { findRevocable } from './state-sql.ts';

export { RevocationUnavailableError } from './denylist-cache.ts';

/**
 * `revoked`: calls are refused, and the grant at WorkOS is deleted. `pending`: calls are refused, and the grant at WorkOS
 * is not deleted yet; the deletion is retried. `unconfirmed`: calls are refused, and WorkOS lists no grant that belongs to
 * the client for certain, so none was deleted.
 */
export type RevocationResult = 'revoked' | 'pending' | 'unconfirmed';

/**
 * Whether the connection of a verified caller is revoked, or expires now. Reads memory; the database is read once for each person, and at
 * most a few times a second however many calls there are. A revocation on any instance takes effect here within a second.
 * Only a call that is refused may ask WorkOS, because its client may have a new grant.
 *
 * @throws {RevocationUnavailableError} when the database does not answer in time: respond 503, never assume "active"
 */
export async function checkRevocation(
  caller: Caller,
  context: Context = processContext(),
): Promise<'active' | 'revoked' | 'expired'> {
  const verdict = await judge(caller, context);
  if (verdict === 'active' && (await expireIfDue(caller, context))) return 'expired';
  if (verdict !== 'unless_listed') return verdict;
  await refreshGrantsOf(context, caller);
  // Another instance may have found the grant.
  await context.denylist.refresh();
  if ((await judge(caller, context)) === 'active') return 'active';
  const { session } = callerKeys(caller);
  if (session !== undefined) {
    try {
      const covered = await coverRefused(await context.database(), session, caller.issuedAt);
      context.denylist.current.apply(covered.map(denialOf));
    } catch (error) {
      failed('cut_off', error);
    }
  }
  return 'revoked';
}

async function judge(caller: Caller, { denylist }: Context) {
  const fresh = denylist.ready(caller);
  if (fresh !== undefined) await fresh;
  const verdict = denylist.current.judge(caller);
  if (verdict === undefined) throw new RevocationUnavailableError('evicted');
  return verdict;
}

/**
 * Revokes one client of a person, in every organization, because WorkOS deletes grants by client: its calls are refused,
 * on this instance immediately, and its grants at WorkOS are deleted. A new consent makes it active again. Idempotent.
 *
 * @param by - for the history: the person's e-mail address, or the client whose tool call requested it
 * @returns undefined when this person has no such connection
 */
export async function revokeConnection(
  { userId, connectionId, by }: { userId: string; connectionId: string; by: string },
  context: Context = processContext(),
): Promise<RevocationResult | undefined> {
  if (!isConnectionId(connectionId)) return undefined;
  const db = await context.database();
  const person: Person = { issuer: context.issuer, subject: userId };
  const [found] = await findRevocable(db, person, [connectionId]);
  if (found === undefined) return undefined;
  observer()?.revoked('client');
  // Another request may have revoked it meanwhile.
  return await revoke(context, person, found.keys, async (tx) =>
    (await findRevocable(tx, person, [connectionId]))[0]?.active ? [eventOf(person, found.keys[0], by)] : [],
  );
}

/**
 * Revokes every client of a person, also those that never called, and deletes all their grants at WorkOS.
 *
 * @param by - for the history, as in {@link revokeConnection}
 */
export async function revokeAll(
  userId: string,
  by = '',
  context: Context = processContext(),
): Promise<RevocationResult> {
  const person: Person = { issuer: context.issuer, subject: userId };
  observer()?.revoked('everything');
  return await revoke(context, person, undefined, async () => [eventOf(person, '', by)]);
}

/** How long a revocation can be undone. Pages offer it for two seconds less: the click takes time to arrive. */
const UNDO_MS = 12_000;
/** Most connections of one revocation. */
const MAX_REVOKED = 5_000;

/**
 * Revokes connections of a person like {@link revokeConnection}, but deletes their grants only when the time to undo it is
 * over. Until then `undoRevocation` restores them. Those that are not active are left as they are.
 *
 * @returns `known`: whether the person has such a connection; how many clients it revoked; the id of the revocation
 */
export async function revokeWithUndo(
  { userId, connectionIds, by }: { userId: string; connectionIds: readonly string[]; by: string },
  context: Context = processContext(),
): Promise<{ known: boolean; revoked: number; undo: string }> {
  const person: Person = { issuer: context.issuer, subject: userId };
  const at = context.now();
  const undo = { id: uuidv7(at.getTime()), until: at.getTime() + UNDO_MS };
  const ids = [...new Set(connectionIds.filter(isConnectionId))].slice(0, MAX_REVOKED);
  let known: Awaited<ReturnType<typeof findRevocable>> = [];
  let keys: string[] = [];
  let clients: NewDenial[] = [];
  await deny(
    context,
    async (tx) => {
      known = await findRevocable(tx, person, ids);
      const found = known.filter(({ active }) => active);
      keys = found.flatMap((client) => client.keys);
      clients = await denialsOfClients(tx, person, keys);
      const owners = new Map(found.map(({ keys: [key, other] }) => [other, key]));
      const first = new Set(found.map((client) => client.keys[0]));
      const wanted = clients.map((denial): NewDenial => {
        if (first.has(denial.target)) return { ...denial, deletion: 'pending' };
        return { ...denial, parent: owners.get(denial.target) ?? denial.parent };
      });
      const more = { key: undo.id, delaySeconds: UNDO_MS / 1000 };
      return { wanted, events: [...first].map((key) => ({ ...eventOf(person, key, by), ...more })) };
    },
    at,
    undo,
  );
  const revoked = known.filter(({ active }) => active).length;
  if (revoked === 0) return { known: known.length > 0, revoked, undo: '' };
  for (let each = 0; each < revoked; each++) observer()?.revoked('client');
  denyLate(context, person, keys, clients, at, undo);
  deleteLater(context, UNDO_MS);
  expireGrants(context, person);
  return { known: true, revoked, undo: undo.id };
}

function eventOf(person: Person, connectionId: string, by: string): HistoryEvent {
  return { ...person, connectionId, event: 'revoked', by: sanitize(by) };
}

/**
 * After this time every instance has written the consents of the calls that it allowed before a revocation. Until then
 * the tolerance of clocks covers their tokens.
 */
const LATE_MS = 2_000;

/** @param keys - of clients, the one with the grant first; all of the person when undefined */
async function revoke(
  context: Context,
  person: Person,
  keys: readonly string[] | undefined,
  eventsIn: (tx: Database) => Promise<readonly HistoryEvent[]>,
): Promise<RevocationResult> {
  const db = await context.database();
  const clients = await denialsOfClients(db, person, keys);
  const whole: NewDenial = {
    ...person,
    target: keys?.[0] ?? allTargetOf(person),
    parent: null,
    clientId: null,
    permanent: false,
    coversUnattributed: false,
    ...clients.find(({ target }) => target === keys?.[0]),
    deletion: 'pending',
  };
  const others = clients
    .filter(({ target }) => target !== whole.target)
    .map((other) => (keys?.[1] === other.target ? { ...other, parent: whole.target } : other));
  const at = context.now();
  const read = async (tx: Database) => ({ wanted: [whole, ...others], events: await eventsIn(tx) });
  const [pending] = await deny(context, read, at);
  denyLate(context, person, keys, clients, at);
  return pending === undefined ? 'revoked' : await deleteGrants(context, pending);
}

type Undo = { id: string; until: number };

async function deny(
  context: Context,
  denying: Parameters<typeof addDenials>[1],
  at: Date,
  undo?: Undo,
): Promise<DenialRow[]> {
  const rows = await addDenials(await context.database(), denying, at, undo);
  context.denylist.current.apply(rows.map(denialOf));
  return rows;
}

/** Denies the consents that other instances write late, unless the revocation was undone. */
function denyLate(
  context: Context,
  person: Person,
  keys: readonly string[] | undefined,
  clients: readonly NewDenial[],
  at: Date,
  undo?: Undo,
): void {
  const known = new Set(clients.map(({ target }) => target));
  const addLate = async () => {
    const db = await context.database();
    const now = await denialsOfClients(db, person, keys);
    const stored = await denialsOf(db, person);
    const lifted = new Set(
      stored.flatMap((row) =>
        row.regrantedAt === null && (undo === undefined || row.undo?.id === undo.id) ? [] : [row.target],
      ),
    );
    const late = now.filter(
      // The person may have consented again already.
      ({ target, parent }) => parent !== null && !known.has(target) && !lifted.has(parent),
    );
    if (late.length > 0)
      await deny(
        context,
        late.map((consent) => ({ ...consent, deletedAt: at })),
        at,
        undo,
      );
  };
  const pause = new Promise<void>((resolve) => setTimeout(resolve, LATE_MS).unref());
  runInBackground(pause.then(addLate).catch((error: unknown) => failed('late_consents', error)));
}

function failed(what: string, error: unknown): void {
  log('error', `revocation.${what}_failed`, { reason: databaseErrorCode(error) });
}

/** Longest time that a revocation waits for calls to be recorded. */
const FLUSH_MS = 1_000;

/** The denials are committed: a failure from here on leaves them in force, and the deletion is retried. */
async function deleteGrants(context: Context, row: DenialRow): Promise<RevocationResult> {
  try {
    // Which grant belongs to the client may depend on the clients that other calls named.
    await flushActivity(FLUSH_MS);
    const result = await attemptDeletion(context, row);
    return result === 'confirmed' ? 'revoked' : result === 'absent' ? 'unconfirmed' : 'pending';
  } catch (error) {
    failed('deletion', error);
    return 'pending';
  } finally {
    expireGrants(context, row);
  }
}
