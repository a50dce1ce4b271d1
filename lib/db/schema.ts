import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const words = (name: string) => jsonb(name).$type<string[]>().notNull().default(sql`'[]'::jsonb`);

/**
 * One client acting for one person. `id` is the hash that `connectionKey` makes. A row exists when this server
 * saw a call (`firstSeen`), or when WorkOS lists a grant (`grantListedAt`), or both.
 */
export const connections = pgTable(
  'connections',
  {
    id: text('id').primaryKey(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** `client_id` of the tokens or of the grant; null for tokens with the documented claims alone. */
    clientId: text('client_id'),
    /** The consent (`sid`) that was last seen. */
    sessionId: text('session_id'),
    /** What the list is sorted by when it is sorted by name: claimed name, host or id, in lower case. */
    sortName: text('sort_name').notNull(),
    /** First call seen, or first time its grant was listed. */
    appearedAt: instant('appeared_at').notNull(),
    /** Last call of any outcome, else when its grant was first listed. */
    activeAt: instant('active_at').notNull(),
    firstSeen: instant('first_seen'),
    /** Last call that was not denied. */
    lastUsed: instant('last_used'),
    /** The newest `iat` among allowed calls, seconds since the epoch: shows that a new consent is in use. */
    lastAllowedIssuedAt: bigint('last_allowed_issued_at', { mode: 'number' }),
    calls: bigint('calls', { mode: 'number' }).notNull().default(0),
    scopes: words('scopes'),
    permissions: words('permissions'),
    protocolVersion: text('protocol_version'),
    softwareName: text('software_name'),
    softwareVersion: text('software_version'),
    /** When WorkOS last listed a grant for this client; null when it does not (any more). */
    grantListedAt: instant('grant_listed_at'),
    grantedScopes: words('granted_scopes'),
    applicationId: text('application_id'),
    applicationName: text('application_name'),
    dynamicallyRegistered: boolean('dynamically_registered'),
    redirectUris: words('redirect_uris'),
  },
  (table) => [
    index('connections_by_active').on(table.issuer, table.subject, table.activeAt, table.id),
    index('connections_by_appeared').on(table.issuer, table.subject, table.appearedAt, table.id),
    index('connections_by_name').on(table.issuer, table.subject, table.sortName, table.id),
    index('connections_old_sessions').on(table.activeAt).where(sql`${table.clientId} is null`),
  ],
);

/** What a connection did, one row a call. `id` is a UUID of version 7, so it sorts by time. */
export const activity = pgTable(
  'activity',
  {
    id: uuid('id').primaryKey(),
    connectionId: text('connection_id').notNull(),
    at: instant('at').notNull(),
    method: text('method').notNull(),
    tool: text('tool'),
    outcome: text('outcome', { enum: ['allowed', 'denied', 'failed'] }).notNull(),
    reason: text('reason'),
    durationMs: integer('duration_ms').notNull(),
    protocolVersion: text('protocol_version'),
    softwareName: text('software_name'),
    softwareVersion: text('software_version'),
  },
  (table) => [
    index('activity_by_outcome').on(table.connectionId, table.outcome, table.id),
    index('activity_by_tool')
      .on(table.connectionId, table.tool, table.outcome, table.id)
      .where(sql`${table.tool} is not null`),
  ],
);

/** Calls of a connection by UTC day: what the plots read, so that they never count rows. */
export const activityDaily = pgTable(
  'activity_daily',
  {
    connectionId: text('connection_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    allowed: integer('allowed').notNull().default(0),
    denied: integer('denied').notNull().default(0),
    failed: integer('failed').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.connectionId, table.day] }),
    index('activity_daily_by_day').on(table.day),
  ],
);

/**
 * What is refused now, one row a target: a connection, or everything that acts for a person. Never deleted:
 * forgetting a row would let a revoked token in.
 */
export const denials = pgTable(
  'denials',
  {
    /** A connection's id, or `all:` and the person's key. */
    target: text('target').primaryKey(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** The client whose grant is to be deleted at WorkOS; null for everything of the person, or nothing. */
    clientId: text('client_id'),
    revokedAt: instant('revoked_at').notNull(),
    /** Deny whatever the token's `iat` is: a connection that is keyed by its consent. */
    permanent: boolean('permanent').notNull().default(false),
    /** Holds for tokens of the person that name no client too: one of them may be this client's. */
    coversUnattributed: boolean('covers_unattributed').notNull().default(false),
    deletion: text('deletion', { enum: ['pending', 'done'] }).notNull(),
    deletedAt: instant('deleted_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at').notNull(),
    /** Taken from `revocation_clock` in the same transaction, so instances can ask for what is new. */
    version: bigint('version', { mode: 'number' }).notNull(),
  },
  (table) => [
    index('denials_by_version').on(table.version, table.target),
    index('denials_by_owner').on(table.issuer, table.subject),
    index('denials_pending').on(table.nextAttemptAt).where(sql`${table.deletion} = 'pending'`),
  ],
);

/** One row. Its lock puts the transactions that change `denials` in line, so versions commit in order. */
export const revocationClock = pgTable('revocation_clock', {
  id: integer('id').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull(),
});

/** What happened to a connection's permission, for people to read. */
export const revocations = pgTable(
  'revocations',
  {
    id: uuid('id').primaryKey(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** Empty when it was done to all of the person's connections. */
    connectionId: text('connection_id').notNull(),
    at: instant('at').notNull(),
    event: text('event', {
      enum: ['revoked', 'grant_deleted', 'grant_absent', 'deletion_failed'],
    }).notNull(),
    /** Who asked for it: a page, or the client whose tool did. Empty for what the server does by itself. */
    by: text('by').notNull().default(''),
  },
  (table) => [
    index('revocations_by_connection').on(table.issuer, table.subject, table.connectionId, table.id),
  ],
);

/** Notes of the MCP tools. `id` is a UUID of version 7, so it sorts by time. */
export const notes = pgTable(
  'notes',
  {
    id: uuid('id').primaryKey(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('notes_by_owner').on(table.issuer, table.subject, table.id)],
);

/** What instances counted together for a limit. A row whose window is over is used for the next one, or deleted. */
export const limitCounts = pgTable(
  'limit_counts',
  {
    /** A hash of the limit's name and of what it counts: an address, or a connection. */
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    /** By the clock of the database: the clocks of instances are never compared. */
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [index('limit_counts_by_end').on(table.endsAt)],
);
