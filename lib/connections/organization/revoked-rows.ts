import { and, eq, type SQL } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections, organizationMembers, revocations } from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Context } from '../context.ts';
import type { NewDenial } from '../denial-queries.ts';
import { memberKey, sessionKey } from '../identity.ts';
import { notifyOfRevocation } from '../notifications.ts';
import { clientKeyOf } from '../person-rows.ts';
import { ofOrganization, type RevocationScope } from './scope.ts';

const EVENTS_PER_STATEMENT = 1_000;

type Event = { issuer: string; subject: string; connectionId: string };

/** The denials of connections, each followed by those of its consents, and what the history and the log say of them. */
export async function denialsIn(db: Database, organizationId: string, where: SQL) {
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
  const [first] = stored;
  const detail =
    first !== undefined && stored.length === 1
      ? `${first.sortName} of ${first.subject}`
      : `${stored.length} connections of ${people.length} people`;
  return { denials: found, events, people, detail };
}

/** What also refuses the tokens of connections that no instance has written yet, where a scope covers all of a person. */
export async function denialsOfMembers(
  db: Database,
  context: Pick<Context, 'issuer'>,
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
        ofOrganization(organizationMembers, context, organizationId),
        'person' in scope ? eq(organizationMembers.subject, scope.person) : undefined,
      ),
    );
  const { issuer } = context;
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

/** Writes revocations into the history of the members, and notifies them. */
export async function addEvents(tx: Database, events: readonly Event[], by: string, at: Date): Promise<void> {
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
