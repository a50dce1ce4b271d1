import type { connections } from '#lib/db/schema.ts';
import { clientHost } from './names.ts';
import type { ConnectionState } from './state-sql.ts';

/** One client that acts, or acted, for a person: what WorkOS lists merged with what this server saw. */
export type ConnectionRow = {
  id: string;
  /**
   * `client`: known by its client id. `session`: a consent whose tokens name no client, so WorkOS's list has it
   * as one of the others; shown as unattributed.
   */
  kind: 'client' | 'session';
  clientId: string | undefined;
  /** Host of a client metadata document's URL: what is verified about such a client. */
  host: string | undefined;
  /** What the client calls itself: a claim. Clean text. */
  name: string | undefined;
  state: ConnectionState;
  /** Whether WorkOS lists a grant; always false for `session`. */
  granted: boolean;
  /** Whether the client registered itself (DCR); undefined when WorkOS did not list it. */
  dynamicallyRegistered: boolean | undefined;
  redirectUris: string[];
  /** Scopes of the grant. */
  grantedScopes: string[];
  /** Scopes and permissions of the token last seen. */
  scopes: string[];
  permissions: string[];
  /** First call seen here; undefined when there was none. */
  firstSeen: Date | undefined;
  /** Last call that was not denied. */
  lastUsed: Date | undefined;
  /** Last call of any outcome, else when its grant was first listed. */
  activeAt: Date;
  /** When it was last cut off, if it ever was. */
  cutOffAt: Date | undefined;
  protocolVersion: string | undefined;
  /** What the client's software says it is: a claim. Clean text. */
  software: { name: string; version: string } | undefined;
  /** Calls by UTC day, oldest first, today last: {@link DAYS_SHOWN} numbers. */
  daily: number[];
  /** Sum of `daily`. */
  recentCalls: number;
  /** Calls ever seen. */
  calls: number;
};

/** Days in {@link ConnectionRow.daily}. */
export const DAYS_SHOWN = 30;

type Stored = typeof connections.$inferSelect & { state: ConnectionState; cutOffAt: Date | null };

/** The row for a stored connection and its calls by day. */
export function connectionRow(row: Stored, daily: number[]): ConnectionRow {
  const { clientId, softwareName } = row;
  return {
    id: row.id,
    kind: clientId === null ? 'session' : 'client',
    clientId: clientId ?? undefined,
    host: clientHost(clientId ?? undefined),
    name: row.applicationName ?? undefined,
    state: row.state,
    granted: row.grantListedAt !== null,
    dynamicallyRegistered: row.dynamicallyRegistered ?? undefined,
    redirectUris: row.redirectUris,
    grantedScopes: row.grantedScopes,
    scopes: row.scopes,
    permissions: row.permissions,
    firstSeen: row.firstSeen ?? undefined,
    lastUsed: row.lastUsed ?? undefined,
    activeAt: row.activeAt,
    cutOffAt: row.cutOffAt ?? undefined,
    protocolVersion: row.protocolVersion ?? undefined,
    software: softwareName === null ? undefined : { name: softwareName, version: row.softwareVersion ?? '' },
    daily,
    recentCalls: daily.reduce((sum, calls) => sum + calls, 0),
    calls: row.calls,
  };
}
