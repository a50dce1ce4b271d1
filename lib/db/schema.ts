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
 * One client acting for one person in one organization. `id` is a hash, see `connectionId`. A row exists when this server received a call
 * (`firstSeen`), or when WorkOS lists a grant (`grantListedAt`), or both.
 */
export const connections = pgTable(
  'connections',
  {
    id: text('id').primaryKey(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** `client_id` of the tokens or of the grant; null for tokens without that claim. */
    clientId: text('client_id'),
    /** The client's key over all organizations, which denials name; null when the organization is unknown, then it is `id`. */
    clientKey: text('client_key'),
    organizationId: text('organization_id'),
    /** The latest consent (`sid`). */
    sessionId: text('session_id'),
    /** The newest consents of allowed calls, newest first: a bounded set. */
    sessionIds: words('session_ids'),
    /** Sort key of the list by name: the claimed name, the host or the id, in lower case. */
    sortName: text('sort_name').notNull(),
    /** Time of the first call, or when its grant was first listed. */
    appearedAt: instant('appeared_at').notNull(),
    /** Time of the last call of any outcome, else when its grant was first listed. */
    activeAt: instant('active_at').notNull(),
    firstSeen: instant('first_seen'),
    /** Time of the last call that was not denied. */
    lastUsed: instant('last_used'),
    /** The newest `iat` among allowed calls, seconds since the epoch: shows that a new consent is in use. */
    lastAllowedIssuedAt: bigint('last_allowed_issued_at', { mode: 'number' }),
    calls: bigint('calls', { mode: 'number' }).notNull().default(0),
    scopes: words('scopes'),
    permissions: words('permissions'),
    protocolVersion: text('protocol_version'),
    softwareName: text('software_name'),
    softwareVersion: text('software_version'),
    /** When WorkOS last listed a grant for this client; null when it lists none. */
    grantListedAt: instant('grant_listed_at'),
    grantedScopes: words('granted_scopes'),
    applicationId: text('application_id'),
    applicationName: text('application_name'),
    dynamicallyRegistered: boolean('dynamically_registered'),
    redirectUris: words('redirect_uris'),
    firstParty: boolean('first_party').notNull().default(false),
    /** Resources of its grants; empty when WorkOS names none. */
    grantResources: words('grant_resources'),
    /** What registrations of one app share, see `appKey`; null in rows that an earlier version wrote. */
    appKey: text('app_key'),
    /** See `riskOf`. */
    risk: text('risk', { enum: ['look_alike', 'unproven'] }),
    /** Time of the last call that came after a month without one. */
    resumedAt: instant('resumed_at'),
    /** When the person kept it although it needed review. */
    reviewedAt: instant('reviewed_at'),
    /** The person's own name for it. */
    label: text('label'),
    /** Latest `exp` among the access tokens of allowed calls. */
    tokenExpiresAt: instant('token_expires_at'),
  },
  (table) => [
    index('connections_by_used').on(
      table.issuer,
      table.subject,
      sql`coalesce(${table.lastUsed}, '1970-01-01Z')`,
      table.id,
    ),
    index('connections_by_active').on(table.issuer, table.subject, table.activeAt, table.id),
    index('connections_by_appeared').on(table.issuer, table.subject, table.appearedAt, table.id),
    index('connections_by_name').on(table.issuer, table.subject, table.sortName, table.id),
    index('connections_by_organization')
      .on(table.issuer, table.organizationId, sql`coalesce(${table.lastUsed}, '1970-01-01Z')`, table.id)
      .where(sql`${table.organizationId} is not null`),
    index('connections_of_members')
      .on(table.issuer, table.organizationId, table.subject)
      .where(sql`${table.organizationId} is not null`),
    index('connections_of_apps')
      .on(table.issuer, table.organizationId, sql`coalesce(${table.appKey}, ${table.sortName})`)
      .where(sql`${table.organizationId} is not null`),
    index('connections_old_sessions').on(table.activeAt).where(sql`${table.clientId} is null`),
  ],
);

/** The calls of connections, one row for each call. `id` is a UUID of version 7, so it sorts by time. */
export const activity = pgTable(
  'activity',
  {
    id: uuid('id').primaryKey(),
    connectionId: text('connection_id').notNull(),
    organizationId: text('organization_id'),
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
    index('activity_by_organization')
      .on(table.organizationId, table.id)
      .where(sql`${table.organizationId} is not null`),
    index('activity_by_tool')
      .on(table.connectionId, table.tool, table.outcome, table.id)
      .where(sql`${table.tool} is not null`),
  ],
);

/** Calls of a connection by UTC day, for the plots, which therefore never count rows. */
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

/** `id`: of the revocation. `until`: ms since the epoch. `before`: the columns of the row; null when there was none. */
type Undo = { id: string; until: number; before: Record<string, unknown> | null };

/**
 * Calls of a connection by UTC day, tool and duration: a histogram, from which percentiles are computed without a look at
 * the calls. `durationMs` is the lower bound of a step of `LATENCY_STEPS_MS`; `tool` is empty for other methods.
 */
export const activityLatency = pgTable(
  'activity_latency',
  {
    connectionId: text('connection_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    tool: text('tool').notNull(),
    durationMs: integer('duration_ms').notNull(),
    allowed: integer('allowed').notNull().default(0),
    denied: integer('denied').notNull().default(0),
    failed: integer('failed').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.connectionId, table.day, table.tool, table.durationMs] }),
    index('activity_latency_by_day').on(table.day),
  ],
);

/**
 * What is refused now, one row for each target: a connection, or everything that acts for a person. Rows are never
 * deleted, because a deleted row would let a revoked token in.
 */
export const denials = pgTable(
  'denials',
  {
    /** The key of a client, of a connection or of a consent, or `all:` and the person's key. */
    target: text('target').primaryKey(),
    /** For a consent: the target of its client or connection. */
    parent: text('parent'),
    /** For a connection that an admin revoked: its organization, the only one where it is refused. */
    organizationId: text('organization_id'),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** The client whose grant WorkOS has to delete; null for all grants of the person, or none. */
    clientId: text('client_id'),
    revokedAt: instant('revoked_at').notNull(),
    /** Denies tokens with any `iat`, until WorkOS lists a grant again. */
    permanent: boolean('permanent').notNull().default(false),
    /** Also denies tokens of the person without a client id, because such a token may belong to this client. */
    coversUnattributed: boolean('covers_unattributed').notNull().default(false),
    /** `gone`: the grant was deleted at WorkOS itself. */
    deletion: text('deletion', { enum: ['pending', 'done', 'gone'] }).notNull(),
    /** When the deletion was confirmed: a grant that WorkOS lists after this is a new consent. */
    deletedAt: instant('deleted_at'),
    /** The application whose grant was deleted, where there was one. */
    applicationId: text('application_id'),
    /** When WorkOS, asked after `deletedAt`, listed a grant again. */
    regrantedAt: instant('regranted_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at').notNull(),
    /** While its revocation can be undone: that revocation, until when, and the row before it. */
    undo: jsonb('undo').$type<Undo>(),
    /** From `revocation_clock` in the same transaction, so that instances can load newer rows only. */
    version: bigint('version', { mode: 'number' }).notNull(),
  },
  (table) => [
    index('denials_by_version').on(table.version, table.target),
    index('denials_by_owner').on(table.issuer, table.subject),
    index('denials_of_everything')
      .on(table.issuer, table.subject)
      .where(sql`starts_with(${table.target}, 'all:')`),
    index('denials_pending').on(table.nextAttemptAt).where(sql`${table.deletion} = 'pending'`),
  ],
);

/** One row. Its lock serializes the transactions that change `denials`, so that versions commit in order. */
export const revocationClock = pgTable('revocation_clock', {
  id: integer('id').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull(),
});

/** Limits of connections and policies of organizations, one row for each. lib/connections/policy has the types. */
export const policies = pgTable(
  'policies',
  {
    /** The id of a connection, the key of a client, or the key of an organization. */
    target: text('target').primaryKey(),
    issuer: text('issuer').notNull(),
    /** The person of a connection; empty for an organization. */
    subject: text('subject').notNull(),
    policy: jsonb('policy').$type<Record<string, unknown>>().notNull(),
    /** From `revocation_clock` in the same transaction, as that of a denial. */
    version: bigint('version', { mode: 'number' }).notNull(),
  },
  (table) => [
    index('policies_by_version').on(table.version, table.target),
    index('policies_by_owner').on(table.issuer, table.subject),
  ],
);

/** The history of revocations, for the pages. */
export const revocations = pgTable(
  'revocations',
  {
    id: uuid('id').primaryKey(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** Empty for an event of all connections of the person. */
    connectionId: text('connection_id').notNull(),
    at: instant('at').notNull(),
    event: text('event', {
      enum: [
        'revoked',
        'expired',
        'limited',
        'grant_deleted',
        'grant_absent',
        'grant_kept',
        'grant_gone',
        'deletion_failed',
        'undone',
      ],
    }).notNull(),
    /** The origin of the event: a page, or the client that called a tool. Empty for an event of the server itself. */
    by: text('by').notNull().default(''),
  },
  (table) => [
    index('revocations_by_connection').on(table.issuer, table.subject, table.connectionId, table.id),
  ],
);

/** The members of organizations, as WorkOS last listed them. */
export const organizationMembers = pgTable(
  'organization_members',
  {
    organizationId: text('organization_id').notNull(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    listedAt: instant('listed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.issuer, table.subject] })],
);

/** What admins did in their organizations. Rows are written with the act, and never changed. */
export const organizationActs = pgTable(
  'organization_acts',
  {
    id: uuid('id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    at: instant('at').notNull(),
    /** WorkOS id of the admin; kept when the person is deleted, until the row expires. */
    actorId: text('actor_id').notNull(),
    /** E-mail address of the admin, or the client that acted for them. */
    by: text('by').notNull(),
    act: text('act', {
      enum: [
        'revoked_connection',
        'revoked_person',
        'revoked_app',
        'revoked_all',
        'allowed_again',
        'changed_policy',
        'exported',
      ],
    }).notNull(),
    /** WorkOS id of the person, connection id or app that it concerns; empty for the organization. */
    target: text('target').notNull().default(''),
    /** What was done, in words. */
    detail: text('detail').notNull().default(''),
  },
  (table) => [index('organization_acts_by_time').on(table.organizationId, table.id)],
);

/** Notes of the MCP tools. `id` is a UUID of version 7, so it sorts by time. */
export const notes = pgTable(
  'notes',
  {
    id: uuid('id').primaryKey(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** Empty for a note made without an organization; null for one from before organizations were stored. */
    organizationId: text('organization_id'),
    text: text('text').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('notes_by_owner').on(table.issuer, table.subject, table.id)],
);

/** Counts of a limit over all instances. A row whose window has ended is reused for the next window, or deleted. */
export const limitCounts = pgTable(
  'limit_counts',
  {
    /** A hash of the name of the limit and of what it counts: a client IP, or a connection. */
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    /** By the clock of the database; the clocks of instances are never compared. */
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [index('limit_counts_by_end').on(table.endsAt)],
);

/** Refreshes of the inspector, each by the one request that may send its refresh token. Rows are deleted after minutes. */
export const inspectorRefreshes = pgTable('inspector_refreshes', {
  /** A hash of the tokens. */
  id: text('id').primaryKey(),
  claimedAt: instant('claimed_at').notNull().defaultNow(),
  /** Encrypted for the user; null while the request is in progress. */
  outcome: text('outcome'),
});

/** Page sessions that WorkOS ended and people whom it deleted, each by a hash. */
export const ended = pgTable(
  'ended',
  {
    key: text('key').primaryKey(),
    at: instant('at').notNull(),
  },
  (table) => [index('ended_by_time').on(table.at)],
);

/** Facts to report to the owner's webhook, written with the fact itself. Rows are deleted 30 days after the fact. */
export const notifications = pgTable(
  'notifications',
  {
    /** Sent as `webhook-id`: the same for each attempt. */
    id: uuid('id').primaryKey(),
    /** Identifies the fact, so that instances that see the same one report it once. */
    key: text('key').notNull().unique(),
    type: text('type').notNull(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** Empty for a fact of all connections of the person, or of none. */
    connectionId: text('connection_id').notNull().default(''),
    at: instant('at').notNull(),
    /** What else the notification says, by its type. */
    detail: jsonb('detail').$type<Record<string, string>>().notNull().default(sql`'{}'::jsonb`),
    state: text('state', { enum: ['pending', 'delivered', 'failed'] })
      .notNull()
      .default('pending'),
    attempts: integer('attempts').notNull().default(0),
    /** By the clock of the database. While an instance sends it, the end of its lease. */
    nextAttemptAt: instant('next_attempt_at').notNull().defaultNow(),
  },
  (table) => [
    index('notifications_due').on(table.nextAttemptAt).where(sql`${table.state} = 'pending'`),
    index('notifications_by_time').on(table.at),
  ],
);
