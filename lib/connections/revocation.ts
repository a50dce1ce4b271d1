import { databaseErrorCode } from '#lib/db/errors.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { countRevocation } from '#lib/observability/counters.ts';
import { log } from '#lib/observability/log.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Context } from './context.ts';
import { type DenialRow, denialOf, deny, everythingOf, type NewDenial } from './denial-queries.ts';
import { attemptDeletion, retryDue } from './grant-deletion.ts';
import { isConnectionId, type Person } from './identity.ts';
import { processContext } from './process-context.ts';
import { consentsOf, findRevocable } from './state-sql.ts';

export { RevocationUnavailableError } from './denylist-cache.ts';

/**
 * What a revocation came to. `revoked`: refused here, and WorkOS has no grant any more. `pending`: refused here,
 * and the grant at WorkOS is still to be deleted.
 */
export type RevocationResult = 'revoked' | 'pending';

/**
 * Whether a verified caller may still act. Asks memory; the database is read at most a few times a second,
 * whatever the number of calls, and a revocation on any instance is in force here within a second.
 *
 * @throws {RevocationUnavailableError} when the database cannot say in time: answer 503, never "active"
 */
export async function checkRevocation(
  caller: Caller,
  context: Context = processContext(),
): Promise<'active' | 'revoked'> {
  const fresh = context.denials.ready();
  if (fresh !== undefined) await fresh;
  return context.denials.list.denies(caller) ? 'revoked' : 'active';
}

/**
 * Cuts one client off for one person: refused from now on, on this instance at once, and its grant at WorkOS is
 * deleted. A new consent after that works again. Doing it twice is the same as once.
 *
 * @param by - who asked, for the history: a page, or the client whose tool did
 * @returns undefined when the person has no such connection, whoever else may
 */
export async function revokeConnection(
  { userId, connectionId, by }: { userId: string; connectionId: string; by: string },
  context: Context = processContext(),
): Promise<RevocationResult | undefined> {
  if (!isConnectionId(connectionId)) return undefined;
  const db = await context.database();
  const person: Person = { issuer: context.issuer, subject: userId };
  const found = await findRevocable(db, person, connectionId);
  if (found === undefined) return undefined;

  const { clientId, sessionId, seen, state, issuedUntil } = found;
  const denial: NewDenial = {
    ...person,
    target: connectionId,
    clientId,
    permanent: clientId === null && sessionId !== null,
    // Never seen with its client id: its tokens may be among those that name no client.
    coversUnattributed: clientId !== null && !seen,
    deletion: clientId === null ? 'done' : 'pending',
  };
  const history = state === 'active' ? { ...person, connectionId, by: sanitize(by) } : undefined;
  const rows = await deny(db, [denial], from(context, issuedUntil), history);
  context.denials.list.apply(rows.map(denialOf));
  countRevocation({ 'app.revocation.of': 'client' });
  return await deleteGrants(context, rows);
}

/** Now; or later, when AuthKit's clock is ahead and tokens from its future were already in use here. */
function from(context: Context, issuedUntil: number): Date {
  return new Date(Math.max(context.now().getTime(), issuedUntil));
}

/**
 * Cuts off everything that acts for a person, seen here or not, and deletes all their grants at WorkOS.
 *
 * @param by - who asked, for the history
 */
export async function revokeAll(
  userId: string,
  by = '',
  context: Context = processContext(),
): Promise<RevocationResult> {
  const db = await context.database();
  const person: Person = { issuer: context.issuer, subject: userId };
  const { ids, issuedUntil } = await consentsOf(db, person);
  const all: NewDenial = {
    ...person,
    target: everythingOf(person),
    clientId: null,
    permanent: false,
    coversUnattributed: false,
    deletion: 'pending',
  };
  const consents = ids.map((id): NewDenial => ({ ...all, target: id, permanent: true, deletion: 'done' }));
  const history = { ...person, connectionId: '', by: sanitize(by) };
  const rows = await deny(db, [all, ...consents], from(context, issuedUntil), history);
  context.denials.list.apply(rows.map(denialOf));
  countRevocation({ 'app.revocation.of': 'everything' });
  return await deleteGrants(context, rows);
}

/** Whatever goes wrong from here on, the denial is committed: it holds, and the deletion is tried again. */
async function deleteGrants(context: Context, rows: readonly DenialRow[]): Promise<RevocationResult> {
  const row = rows.find(({ deletion }) => deletion === 'pending');
  if (row === undefined) return 'revoked';
  try {
    return (await attemptDeletion(context, row)) ? 'revoked' : 'pending';
  } catch (error) {
    log('error', 'revocation.deletion_interrupted', { reason: databaseErrorCode(error) });
    return 'pending';
  }
}

/**
 * Tries again to delete grants at WorkOS that could not be deleted, as far as they are due.
 *
 * @returns how many are gone now
 * @throws when the database cannot be reached
 */
export function retryPendingDeletions(context: Context = processContext()): Promise<number> {
  return retryDue(context);
}
