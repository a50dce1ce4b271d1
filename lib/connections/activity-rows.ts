import { uuidv7 } from '#lib/db/uuid.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { appKey } from './app-identity.ts';
import { callerKeys, connectionKey, sortName } from './identity.ts';

/** One answered call at `/mcp`, without arguments and results. */
export type CallRecord = {
  caller: Caller;
  at: Date;
  method: string;
  tool?: string;
  outcome: 'allowed' | 'denied' | 'failed';
  /** Why it was denied or failed: one of our own words, never text from the request. */
  reason?: string;
  durationMs: number;
  protocolVersion?: string;
  /** Self-reported by the client, so untrusted. */
  clientSoftware?: { name: string; version: string };
};

/** A row of `activity`, with its column names. `id` makes writing it idempotent. */
export type ActivityRow = {
  id: string;
  connection_id: string;
  organization_id: string | null;
  at: string;
  method: string;
  tool: string | null;
  outcome: CallRecord['outcome'];
  reason: string | null;
  duration_ms: number;
  protocol_version: string | null;
  software_name: string | null;
  software_version: string | null;
};

/** The changes of one batch to a row of `connections`. */
export type SeenConnection = {
  id: string;
  issuer: string;
  subject: string;
  client_id: string | null;
  client_key: string;
  organization_id: string | null;
  session_id: string | null;
  /** Consents of the calls that were not denied, newest first. */
  session_ids: string[];
  app_key: string;
  sort_name: string;
  first_at: string;
  last_at: string;
  used_at: string | null;
  allowed_issued_at: number | null;
  allowed_expires_at: number | null;
  scopes: string[];
  permissions: string[];
  protocol_version: string | null;
  software_name: string | null;
  software_version: string | null;
};

const MAX_LISTED = 100;

const clean = (value: unknown, maxLength: number): string | null => sanitize(value, maxLength) || null;
const words = (set: ReadonlySet<string>): string[] =>
  [...set].slice(0, MAX_LISTED).map((word) => sanitize(word, 100));

/** The row for one call. */
export function activityRow(record: CallRecord): ActivityRow {
  return {
    id: uuidv7(record.at.getTime()),
    connection_id: connectionKey(record.caller),
    organization_id: record.caller.organizationId ?? null,
    at: record.at.toISOString(),
    method: sanitize(record.method, 100),
    tool: clean(record.tool, 100),
    outcome: record.outcome,
    reason: clean(record.reason, 100),
    duration_ms: Math.min(Math.max(0, Math.round(record.durationMs) || 0), 2_147_483_647),
    protocol_version: clean(record.protocolVersion, 40),
    software_name: clean(record.clientSoftware?.name, 100),
    software_version: clean(record.clientSoftware?.version, 50),
  };
}

/** The connections of a batch, each once, sorted by id so that every instance locks rows in the same order. */
export function seenConnections(
  batch: readonly { record: CallRecord; row: ActivityRow }[],
): SeenConnection[] {
  const seen = new Map<string, SeenConnection>();
  for (const { record, row } of batch) {
    const known = seen.get(row.connection_id);
    const { caller, outcome } = record;
    const used = outcome === 'denied' ? null : row.at;
    const issuedAt = outcome === 'allowed' ? Math.floor(caller.issuedAt) : null;
    const expiresAt = outcome === 'allowed' ? Math.floor(caller.expiresAt) : null;
    seen.set(row.connection_id, {
      id: row.connection_id,
      issuer: caller.issuer,
      subject: caller.subject,
      client_id: caller.clientId ?? null,
      client_key: callerKeys(caller).client,
      organization_id: caller.organizationId ?? null,
      session_id: caller.sessionId ?? null,
      session_ids:
        used === null || caller.sessionId === undefined
          ? (known?.session_ids ?? [])
          : [...new Set([caller.sessionId, ...(known?.session_ids ?? [])])],
      app_key: appKey(caller.clientId),
      sort_name: known?.sort_name ?? sortName({ clientId: caller.clientId }),
      first_at: known === undefined || row.at < known.first_at ? row.at : known.first_at,
      last_at: known === undefined || row.at > known.last_at ? row.at : known.last_at,
      used_at: later(known?.used_at, used),
      allowed_issued_at: later(known?.allowed_issued_at, issuedAt),
      allowed_expires_at: later(known?.allowed_expires_at, expiresAt),
      scopes: known?.scopes ?? words(caller.scopes),
      permissions: known?.permissions ?? words(caller.permissions),
      protocol_version: row.protocol_version ?? known?.protocol_version ?? null,
      software_name: row.software_name ?? known?.software_name ?? null,
      software_version: row.software_name === null ? (known?.software_version ?? null) : row.software_version,
    });
  }
  return [...seen.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function later<T extends string | number>(a: T | null | undefined, b: T | null): T | null {
  if (a === null || a === undefined) return b;
  return b === null || a > b ? a : b;
}
