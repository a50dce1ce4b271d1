import { and, eq, gte, lt, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { type activity, connections, type organizationActs, type revocations } from '#lib/db/schema.ts';
import { firstUuidAt } from '#lib/db/uuid.ts';
import { clientContains } from '../contains.ts';
import { membersLike } from './members.ts';

export type AuditQuery = {
  /** Inclusive, and exclusive. Without them, all that is kept. */
  from?: Date;
  until?: Date;
  kind?: 'calls' | 'acts';
  /** Part of the address or name of a person, or their WorkOS id; of the name, host or id of a client; case-insensitive. */
  person?: string;
  client?: string;
  /** Of calls only, so acts are left out. */
  tool?: string;
  outcome?: 'allowed' | 'denied' | 'failed';
  /** Only entries before this one: the `id` of the last entry of the previous page. */
  before?: string;
  /** Entries in the page, 1 to 1,000. */
  limit?: number;
};

/** What each kind of entry is read with. */
export type AuditRead = {
  db: Database;
  issuer: string;
  organizationId: string;
  query: AuditQuery;
  limit: number;
};

/** The name of a client in the log: its host, which is verified, before the name that it claims. */
export const auditedClient = sql<string>`case when ${connections.clientId} like 'https://%' then ${connections.sortName}
  else coalesce(${connections.applicationName}, ${connections.sortName}, '') end`;

/** The range of ids, which sort by time. */
export function inRange(
  table: typeof activity | typeof organizationActs | typeof revocations,
  { from, until, before }: AuditQuery,
): SQL | undefined {
  return and(
    from && gte(table.id, firstUuidAt(from.getTime())),
    until && lt(table.id, firstUuidAt(until.getTime())),
    before === undefined ? undefined : lt(table.id, before),
  );
}

/** Whether a column has the WorkOS id of the person that is looked for. */
export function personMatches(read: AuditRead, subject: SQLWrapper): SQL | undefined {
  const { person } = read.query;
  if (person === undefined) return undefined;
  const { db, organizationId, ...context } = read;
  return or(eq(subject, person), membersLike(db, context, organizationId, subject, person));
}

/** Whether the client of a connection is the one that is looked for. */
export function clientMatches({ client }: AuditQuery): SQL | undefined {
  return client === undefined ? undefined : clientContains(client, connections.appKey);
}
