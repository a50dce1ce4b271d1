import { and, eq, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { connections, denials, organizationMembers, revocations } from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import { log } from '#lib/observability/log.ts';
import { observer } from '#lib/observability/observer.ts';
import { runInBackground } from '#lib/server/background.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { flushActivity } from '../activity.ts';
import type { Context } from '../context.ts';
import { denialOf, type NewDenial, nextVersion, writeDenials } from '../denial-queries.ts';
import { scheduleRetry } from '../grant-deletion.ts';
import { isConnectionId, memberKey, sessionKey } from '../identity.ts';
import { notifyOfRevocation, sendNotifications } from '../notifications.ts';
import { clientKeyOf } from '../person-rows.ts';
import { processContext } from '../process-context.ts';
import { type Act, BY_ADMIN, recordAct } from './acts.ts';
import { type Admin, authorizeAdmin } from './admin.ts';

/** What an admin revokes: one connection, those of a person, those of an app, or every one of the organization. */
export type RevocationScope = { connection: string } | { person: string } | { app: string } | { all: true };

/** How many connections were revoked, of how many people. */
export type RevokedCount = { connections: number; people: number };

/** Consents of calls that were allowed just before are written by then, see `revoke` in revocation.ts. */
const LATE_MS = 2_000;
const EVENTS_PER_STATEMENT = 1_000;

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
): Promise<RevokedCount | undefined> {
  const organizationId = await authorizeAdmin(admin);
  const db = await context.database();
  const where = conditionOf(context, organizationId, scope);
  const found = where && (await denialsIn(db, organizationId, where));
  const members = await membersIn(db, context, organizationId, scope, found?.people ?? []);
  if (found === undefined || found.count + members.length === 0) return undefined;
  const at = context.now();
  const counted = { connections: found.count, people: found.people.length };
  observer()?.revoked('connection' in scope ? 'client' : 'everything');

  const rows = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    const { act, target } = actOf(scope);
    await recordAct(tx, admin, organizationId, { act, target, detail: found.described(counted) }, at);
    await addEvents(tx, found.events, `${admin.by}${BY_ADMIN}`, at);
    return await writeDenials(tx, [...found.denials, ...members], at, version);
  });
  context.denylist.current.apply(rows.map(denialOf));
  sendNotifications();

  const known = new Set(found.denials.map(({ target }) => target));
  const addLate = async () => {
    await flushActivity(LATE_MS);
    await new Promise<void>((resolve) => setTimeout(resolve, LATE_MS).unref());
    const unknown = (await denialsIn(db, organizationId, where as SQL)).denials.filter(
      ({ target, parent }) => parent !== null && known.has(parent) && !known.has(target),
    );
    if (unknown.length === 0) return;
    const parents = unknown.flatMap(({ parent }) => parent ?? []);
    const still = await db
      .select({ target: denials.target })
      .from(denials)
      .where(and(inArray(denials.target, parents), isNull(denials.regrantedAt)));
    const denied = new Set<string | null>(still.map(({ target }) => target));
    // An admin may have allowed it again already.
    const late = unknown.filter(({ parent }) => denied.has(parent));
    if (late.length === 0) return;
    const added = await db.transaction(async (tx) => writeDenials(tx, late, at, await nextVersion(tx)));
    context.denylist.current.apply(added.map(denialOf));
  };
  runInBackground(
    addLate().catch((error: unknown) =>
      log('error', 'revocation.late_consents_failed', { reason: databaseErrorCode(error) }),
    ),
  );
  scheduleRetry(context);
  return counted;
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
          eq(denials.issuer, context.issuer),
          eq(denials.organizationId, organizationId),
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

/** The app of a connection; rows of an earlier version have none. */
export const appOf = sql<string>`coalesce(${connections.appKey}, ${connections.sortName})`;

/** Restricts connections to a scope within the organization; undefined when nothing can match. */
export function conditionOf(
  context: Context,
  organizationId: string,
  scope: RevocationScope,
): SQL | undefined {
  const within = and(eq(connections.issuer, context.issuer), eq(connections.organizationId, organizationId));
  if ('connection' in scope)
    return isConnectionId(scope.connection) ? and(within, eq(connections.id, scope.connection)) : undefined;
  if ('person' in scope) return and(within, eq(connections.subject, scope.person));
  return 'app' in scope ? and(within, sql`${appOf} = ${scope.app}`) : within;
}

function actOf(scope: RevocationScope): { act: Act; target: string } {
  if ('connection' in scope) return { act: 'revoked_connection', target: scope.connection };
  if ('person' in scope) return { act: 'revoked_person', target: scope.person };
  return 'app' in scope ? { act: 'revoked_app', target: scope.app } : { act: 'revoked_all', target: '' };
}

type Event = { issuer: string; subject: string; connectionId: string };

/** The denials of connections, each followed by those of its consents. */
async function denialsIn(db: Database, organizationId: string, where: SQL) {
  const stored = await db
    .select({
      id: connections.id,
      key: clientKeyOf,
      issuer: connections.issuer,
      subject: connections.subject,
      clientId: connections.clientId,
      firstSeen: connections.firstSeen,
      sessionId: connections.sessionId,
      sessionIds: connections.sessionIds,
      sortName: connections.sortName,
    })
    .from(connections)
    .where(where);
  const found: NewDenial[] = [];
  const events: Event[] = [];
  for (const { id, key, issuer, subject, clientId, firstSeen, sessionId, sessionIds } of stored) {
    const base = { issuer, subject, organizationId, permanent: true, coversUnattributed: false };
    const unseen = clientId !== null && firstSeen === null;
    found.push({
      ...base,
      target: id,
      parent: null,
      clientId,
      // Of one that never called, no consent is known; one without a client is its consent.
      permanent: unseen || clientId === null,
      coversUnattributed: unseen,
      deletion: 'pending',
    });
    for (const sid of new Set([...sessionIds, ...(sessionId === null ? [] : [sessionId])])) {
      const target = sessionKey({ issuer, subject }, sid);
      if (target !== id) found.push({ ...base, target, parent: id, clientId: null, deletion: 'done' });
    }
    events.push({ issuer, subject, connectionId: key });
  }
  const people = [...new Set(stored.map(({ subject }) => subject))];
  const described = ({ connections: count, people: persons }: RevokedCount) =>
    count === 1
      ? `${stored[0]?.sortName ?? ''} of ${stored[0]?.subject ?? ''}`
      : `${count} connections of ${persons} people`;
  return { denials: found, events, people, count: stored.length, described };
}

/** What also refuses the tokens of connections that no instance has written yet, where a scope covers all of a person. */
async function membersIn(
  db: Database,
  { issuer }: Context,
  organizationId: string,
  scope: RevocationScope,
  people: readonly string[],
): Promise<NewDenial[]> {
  if ('connection' in scope || 'app' in scope) return [];
  const listed = await db
    .select({ subject: organizationMembers.subject })
    .from(organizationMembers)
    .where(
      and(
        eq(organizationMembers.issuer, issuer),
        eq(organizationMembers.organizationId, organizationId),
        'person' in scope ? inArray(organizationMembers.subject, [scope.person]) : undefined,
      ),
    );
  return [...new Set([...people, ...listed.map(({ subject }) => subject)])].map((subject) => ({
    issuer,
    subject,
    target: memberKey({ issuer, subject }, organizationId),
    parent: null,
    clientId: null,
    permanent: false,
    coversUnattributed: false,
    deletion: 'done',
  }));
}

async function addEvents(tx: Database, events: readonly Event[], by: string, at: Date): Promise<void> {
  for (let from = 0; from < events.length; from += EVENTS_PER_STATEMENT)
    await tx.insert(revocations).values(
      events.slice(from, from + EVENTS_PER_STATEMENT).map((event) => ({
        ...event,
        id: uuidv7(at.getTime()),
        at,
        event: 'revoked' as const,
        by: sanitize(by),
      })),
    );
  for (const event of events)
    await notifyOfRevocation(tx, { ...event, event: 'revoked', by: sanitize(by), at });
}
