import { and, eq, inArray, isNull, ne, or, type SQL } from 'drizzle-orm';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { denials } from '#lib/db/schema.ts';
import { log } from '#lib/observability/log.ts';
import { observer } from '#lib/observability/observer.ts';
import { runInBackground } from '#lib/server/background.ts';
import { flushActivity } from '../activity.ts';
import type { Context } from '../context.ts';
import { denialOf, type NewDenial, nextVersion, writeDenials } from '../denial-queries.ts';
import { scheduleRetry } from '../grant-deletion.ts';
import { isConnectionId } from '../identity.ts';
import { sendNotifications } from '../notifications.ts';
import { processContext } from '../process-context.ts';
import { type Act, BY_ADMIN, recordAct } from './acts.ts';
import { type Admin, authorizeAdmin } from './admin.ts';
import { addEvents, denialsIn, denialsOfMembers } from './revoked-rows.ts';
import { conditionOf, ofOrganization, type RevocationScope, type ScopeCount } from './scope.ts';

/** Consents of calls that were allowed just before are written by then, see `revoke` in revocation.ts. */
const LATE_MS = 2_000;

/**
 * Revokes connections of the members of the admin's organization, in this organization only: their calls are refused, on
 * this instance immediately, and the grants at WorkOS are deleted in the background. The members can authorize again.
 *
 * @returns undefined when the organization has no such connection, person or app
 * @throws {NotAdminError}
 */
export async function revokeInOrganization(
  admin: Admin,
  scope: RevocationScope,
  context: Context = processContext(),
): Promise<ScopeCount | undefined> {
  const organizationId = await authorizeAdmin(admin);
  const db = await context.database();
  const where = conditionOf(context, organizationId, scope);
  if (where === undefined) return undefined;
  const { events, people, detail, ...found } = await denialsIn(db, organizationId, where);
  const members = await denialsOfMembers(db, context, organizationId, scope, people);
  if (events.length + members.length === 0) return undefined;
  const at = context.now();
  observer()?.revoked('connection' in scope ? 'client' : 'everything');

  const rows = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    await recordAct(tx, admin, organizationId, { ...actOf(scope), detail }, at);
    await addEvents(tx, events, `${admin.by}${BY_ADMIN}`, at);
    return await writeDenials(tx, [...found.denials, ...members], at, version);
  });
  context.denylist.current.apply(rows.map(denialOf));
  sendNotifications();

  denyLate(context, organizationId, where, found.denials, at);
  scheduleRetry(context);
  return { connections: events.length, people: people.length };
}

/** Denies the consents of revoked connections that other instances write late. */
function denyLate(
  context: Context,
  organizationId: string,
  where: SQL,
  denied: readonly NewDenial[],
  at: Date,
): void {
  const known = new Set(denied.map(({ target }) => target));
  const addLate = async () => {
    await flushActivity(LATE_MS);
    await new Promise<void>((resolve) => setTimeout(resolve, LATE_MS).unref());
    const db = await context.database();
    const now = await denialsIn(db, organizationId, where);
    const unknown = now.denials.filter(
      ({ target, parent }) => parent !== null && known.has(parent) && !known.has(target),
    );
    if (unknown.length === 0) return;
    const parents = unknown.flatMap(({ parent }) => parent ?? []);
    const still = await db
      .select({ target: denials.target })
      .from(denials)
      .where(and(inArray(denials.target, parents), isNull(denials.regrantedAt)));
    const inForce = new Set<string | null>(still.map(({ target }) => target));
    // An admin may have allowed it again already.
    const late = unknown.filter(({ parent }) => inForce.has(parent));
    if (late.length === 0) return;
    const added = await db.transaction(async (tx) => writeDenials(tx, late, at, await nextVersion(tx)));
    context.denylist.current.apply(added.map(denialOf));
  };
  runInBackground(
    addLate().catch((error: unknown) =>
      log('error', 'revocation.late_consents_failed', { reason: databaseErrorCode(error) }),
    ),
  );
}

/**
 * Lets a revoked connection call again without a new consent: for one whose grant serves another organization too, which a
 * new consent would not change.
 *
 * @returns whether there was such a revocation, whose grant is not being deleted
 * @throws {NotAdminError}
 */
export async function allowAgain(
  admin: Admin,
  connectionId: string,
  context: Context = processContext(),
): Promise<boolean> {
  const organizationId = await authorizeAdmin(admin);
  if (!isConnectionId(connectionId)) return false;
  const db = await context.database();
  const at = context.now();
  const rows = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    const lifted = await tx
      .update(denials)
      .set({ regrantedAt: at, permanent: false, coversUnattributed: false, version })
      .where(
        and(
          ofOrganization(denials, context, organizationId),
          or(eq(denials.target, connectionId), eq(denials.parent, connectionId)),
          ne(denials.deletion, 'pending'),
        ),
      )
      .returning();
    if (lifted.length > 0)
      await recordAct(tx, admin, organizationId, { act: 'allowed_again', target: connectionId }, at);
    return lifted;
  });
  context.denylist.current.apply(rows.map(denialOf));
  return rows.length > 0;
}

function actOf(scope: RevocationScope): { act: Act; target: string } {
  if ('connection' in scope) return { act: 'revoked_connection', target: scope.connection };
  if ('person' in scope) return { act: 'revoked_person', target: scope.person };
  return 'app' in scope ? { act: 'revoked_app', target: scope.app } : { act: 'revoked_all', target: '' };
}
