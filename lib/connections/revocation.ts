import { databaseErrorCode } from '#lib/db/errors.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { log } from '#lib/observability/log.ts';
import { observer } from '#lib/observability/observer.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Context } from './context.ts';
import { addDenials, allTargetOf, type DenialRow, denialOf, type NewDenial } from './denial-queries.ts';
import { attemptDeletion } from './grant-deletion.ts';
import { isConnectionId, type Person } from './identity.ts';
import { processContext } from './process-context.ts';
import { consentsOf, findRevocable } from './state-sql.ts';

export { RevocationUnavailableError } from './denylist-cache.ts';

/**
 * `revoked`: calls are refused, and the grant at WorkOS is deleted. `pending`: calls are refused, and the grant at WorkOS
 * is not deleted yet; the deletion is retried.
 */
export type RevocationResult = 'revoked' | 'pending';

/**
 * Whether the connection of a verified caller is revoked. Reads memory; the database is read at most a few times a
 * second however many calls there are, and a revocation on any instance takes effect here within a second.
 *
 * @throws {RevocationUnavailableError} when the database does not answer in time: respond 503, never assume "active"
 */
export async function checkRevocation(
  caller: Caller,
  context: Context = processContext(),
): Promise<'active' | 'revoked'> {
  const fresh = context.denylist.ready();
  if (fresh !== undefined) await fresh;
  return context.denylist.current.denies(caller) ? 'revoked' : 'active';
}

/**
 * Revokes one client of a person: its calls are refused, on this instance immediately, and its grant at WorkOS is
 * deleted. A new consent makes it active again. Idempotent.
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
  const found = await findRevocable(db, person, connectionId);
  if (found === undefined) return undefined;

  const { clientId, sessionId, seen, state, issuedUntil } = found;
  const denial: NewDenial = {
    ...person,
    target: connectionId,
    clientId,
    permanent: clientId === null && sessionId !== null,
    // Never seen with its client id: its tokens may be ones that name no client.
    coversUnattributed: clientId !== null && !seen,
    deletion: clientId === null ? 'done' : 'pending',
  };
  const event = state === 'active' ? { ...person, connectionId, by: sanitize(by) } : undefined;
  const rows = await addDenials(db, [denial], denyUntil(context, issuedUntil), event);
  context.denylist.current.apply(rows.map(denialOf));
  observer()?.revoked('client');
  return await deleteGrants(context, rows);
}

/** Now, or the newest `iat` that was used here when AuthKit's clock is ahead of ours. */
function denyUntil(context: Context, issuedUntil: number): Date {
  return new Date(Math.max(context.now().getTime(), issuedUntil));
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
  const db = await context.database();
  const person: Person = { issuer: context.issuer, subject: userId };
  const { ids, issuedUntil } = await consentsOf(db, person);
  const all: NewDenial = {
    ...person,
    target: allTargetOf(person),
    clientId: null,
    permanent: false,
    coversUnattributed: false,
    deletion: 'pending',
  };
  const consents = ids.map((id): NewDenial => ({ ...all, target: id, permanent: true, deletion: 'done' }));
  const event = { ...person, connectionId: '', by: sanitize(by) };
  const rows = await addDenials(db, [all, ...consents], denyUntil(context, issuedUntil), event);
  context.denylist.current.apply(rows.map(denialOf));
  observer()?.revoked('everything');
  return await deleteGrants(context, rows);
}

/** The denials are committed: a failure from here on leaves them in force, and the deletion is retried. */
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
