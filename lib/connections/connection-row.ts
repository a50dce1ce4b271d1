import type { connections } from '#lib/db/schema.ts';
import { clientHost } from './identity.ts';
import type { ConnectionState } from './state-sql.ts';

/** A client that acts, or acted, for a person: the grant that WorkOS lists merged with the calls recorded here. */
export type ConnectionRow = {
  id: string;
  /** Key of its client over all organizations. */
  clientKey: string;
  /**
   * `client`: identified by its client id. `session`: a consent whose tokens name no client, which cannot be matched
   * to one of the grants that WorkOS lists.
   */
  kind: 'client' | 'session';
  clientId: string | undefined;
  /** Host of the client metadata document's URL: the verified part of such a client's identity. */
  host: string | undefined;
  /** The organization that it acts in; undefined without one. */
  organizationId: string | undefined;
  /** The name that the client claims. Sanitized. */
  name: string | undefined;
  /** The person's own name for it. Sanitized. */
  label: string | undefined;
  state: ConnectionState;
  /** Key of its app, see `appKey`. */
  appKey: string;
  /** Whether WorkOS lists a grant; always false for `session`. */
  granted: boolean;
  /** Whether the client registered itself (DCR); undefined when WorkOS did not list it. */
  dynamicallyRegistered: boolean | undefined;
  redirectUris: string[];
  /** Whether it is an application of the owner's own WorkOS environment. */
  firstParty: boolean;
  /** The resources of its grants; empty when WorkOS names none. */
  grantResources: string[];
  /** Scopes of the grant. */
  grantedScopes: string[];
  /** Scopes and permissions of the last token. */
  scopes: string[];
  permissions: string[];
  /** First call; undefined when there was none. */
  firstSeen: Date | undefined;
  /** Last call that was not denied. */
  lastUsed: Date | undefined;
  /** Last call of any outcome, else when its grant was first listed. */
  activeAt: Date;
  /** When it was last revoked. */
  revokedAt: Date | undefined;
  /** When the newest access token that it used expires. */
  tokenExpiresAt: Date | undefined;
  protocolVersion: string | undefined;
  /** The name and version that the client software reports. Sanitized. */
  software: { name: string; version: string } | undefined;
  /** Calls by UTC day, oldest first, today last: {@link DAYS_SHOWN} numbers. */
  daily: number[];
  /** Sum of `daily`. */
  recentCalls: number;
  /** All calls ever recorded. */
  calls: number;
};

/** Days in {@link ConnectionRow.daily}. */
export const DAYS_SHOWN = 30;

type Stored = typeof connections.$inferSelect & { state: ConnectionState; revokedAt: Date | null };

/** Maps a stored connection and its calls by day. */
export function connectionRow(row: Stored, daily: number[]): ConnectionRow {
  const { clientId, softwareName } = row;
  return {
    id: row.id,
    clientKey: row.clientKey ?? row.id,
    kind: clientId === null ? 'session' : 'client',
    clientId: clientId ?? undefined,
    host: clientHost(clientId ?? undefined),
    organizationId: row.organizationId ?? undefined,
    name: row.applicationName ?? undefined,
    label: row.label ?? undefined,
    state: row.state,
    appKey: row.appKey ?? row.id,
    granted: row.grantListedAt !== null,
    dynamicallyRegistered: row.dynamicallyRegistered ?? undefined,
    redirectUris: row.redirectUris,
    firstParty: row.firstParty,
    grantResources: row.grantResources,
    grantedScopes: row.grantedScopes,
    scopes: row.scopes,
    permissions: row.permissions,
    firstSeen: row.firstSeen ?? undefined,
    lastUsed: row.lastUsed ?? undefined,
    activeAt: row.activeAt,
    revokedAt: row.revokedAt ?? undefined,
    tokenExpiresAt: row.tokenExpiresAt ?? undefined,
    protocolVersion: row.protocolVersion ?? undefined,
    software: softwareName === null ? undefined : { name: softwareName, version: row.softwareVersion ?? '' },
    daily,
    recentCalls: daily.reduce((sum, calls) => sum + calls, 0),
    calls: row.calls,
  };
}
