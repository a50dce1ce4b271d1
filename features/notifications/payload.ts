import { lookAlike } from '#lib/cimd/brands.ts';
import { PAGES } from '#lib/config/pages.ts';
import { redirectLookAlike, UNUSED_AFTER_DAYS } from '#lib/connections/app-identity.ts';
import type { DueNotification } from '#lib/connections/notifications.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** The client as its connection shows it; null where the event is about no connection, or about one that is deleted. */
type NotifiedClient = {
  /** `client_id`; null for a client whose tokens name none. */
  id: string | null;
  /** Claimed by the client, unverified. */
  name: string | null;
  /** Host of its client metadata document, verified by the authorization server. */
  host: string | null;
  /** Hosts that it redirects to, when AuthKit lists them. */
  redirectHosts: string[];
  /** Claimed by the client, unverified. */
  software: string | null;
};

/** The body of a notification, as JSON. */
export type Payload = {
  type: string;
  /** Time of the fact, ISO 8601. */
  timestamp: string;
  data: {
    /** One sentence for people. */
    reason: string;
    userId: string;
    organizationId: string | null;
    connectionId: string | null;
    client: NotifiedClient | null;
    /** The person or the client that caused the event; null for the server itself. */
    by: string | null;
    /** Page to look at; null when this deployment has none. */
    url: string | null;
  };
};

/** Why a client could be mistaken for a well-known one; undefined when nothing resembles one. */
export function resemblance({ name = '', host, redirectUris }: ConnectionRow): string | undefined {
  if (host !== undefined) return lookAlike(name, host);
  const found = redirectLookAlike({ name, redirectUris });
  return found && `${found.resemblance} It redirects to ${sanitize(found.host)}.`;
}

const hostOf = (uri: string) => sanitize(URL.parse(uri)?.host) || sanitize(URL.parse(uri)?.protocol);

function clientOf(row: ConnectionRow): NotifiedClient {
  const { clientId, name, host, redirectUris, software } = row;
  return {
    id: clientId ?? null,
    name: name ?? null,
    host: host ?? null,
    redirectHosts: [...new Set(redirectUris.map(hostOf).filter(Boolean))],
    software: software === undefined ? null : `${software.name} ${software.version}`.trim(),
  };
}

function reasonOf({ type, connectionId, detail }: DueNotification, row: ConnectionRow | undefined): string {
  switch (type) {
    case 'connection.created':
      return 'An app was used with this account for the first time.';
    case 'connection.look_alike':
      return (row && resemblance(row)) ?? 'The name of an app resembles that of a well-known one.';
    case 'connection.used_after_silence':
      return `An app was used again after more than ${UNUSED_AFTER_DAYS} days.`;
    case 'connection.revoked':
      if (detail.event === 'grant_gone') return 'The access of an app was revoked at the identity provider.';
      return connectionId === ''
        ? 'The access of all apps was revoked.'
        : 'The access of an app was revoked.';
    case 'client.blocked':
      return `The organization blocked ${detail.host ?? 'a client'}.`;
    default:
      return type;
  }
}

/** The path of the page to look at. A copy may have removed it. */
function pathOf(type: string, connectionId: string): string | undefined {
  const wanted = type === 'client.blocked' ? '/organization' : '/clients';
  if (!PAGES.some(({ path }) => path === wanted)) return undefined;
  return connectionId === '' ? wanted : `${wanted}/${connectionId}`;
}

/**
 * The notification of a fact: ids, names, host, reason and a link. Never arguments, results or tokens. Text of clients is sanitized;
 * escape it for the place that shows it.
 *
 * @param row - the connection, if it is stored
 */
export function payloadOf(due: DueNotification, row: ConnectionRow | undefined, appUrl: string): Payload {
  // A revocation names the client over all organizations.
  const connectionId = row?.id ?? due.connectionId;
  const path = pathOf(due.type, connectionId);
  return {
    type: due.type,
    timestamp: due.at.toISOString(),
    data: {
      reason: reasonOf(due, row),
      userId: due.subject,
      organizationId: row?.organizationId ?? due.detail.organizationId ?? null,
      connectionId: connectionId || null,
      client: row === undefined ? null : clientOf(row),
      by: due.detail.by || null,
      url: path === undefined ? null : `${appUrl}${path}`,
    },
  };
}
