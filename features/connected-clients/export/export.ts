import { type ActivityEntry, listActivity } from '#lib/connections/activity-queries.ts';
import { readConnectionsById } from '#lib/connections/app-connections.ts';
import { type AppFilter, MATCHES, matchingIds } from '#lib/connections/app-queries.ts';
import type { ConnectionRow } from '#lib/connections/connection-row.ts';
import type { Context } from '#lib/connections/context.ts';
import { refreshGrants } from '#lib/connections/grants.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { type Columns, csvText, download, type ExportFormat, jsonText } from '#lib/http/download.ts';

const PAGE_SIZE = 1_000;
/** Ids that are held in memory for one download. */
const MAX_CONNECTIONS = 100_000;

const ACTIVITY_COLUMNS: Columns<ActivityEntry> = {
  at: ({ at }) => at.toISOString(),
  method: ({ method }) => method,
  tool: ({ tool }) => tool,
  outcome: ({ outcome }) => outcome,
  reason: ({ reason }) => reason,
  duration_ms: ({ durationMs }) => durationMs,
  protocol_version: ({ protocolVersion }) => protocolVersion,
  software_name: ({ software }) => software?.name,
  software_version: ({ software }) => software?.version,
};

const CONNECTION_COLUMNS: Columns<ConnectionRow> = {
  id: ({ id }) => id,
  client_id: ({ clientId }) => clientId,
  host: ({ host }) => host,
  name: ({ name }) => name,
  state: ({ state }) => state,
  granted: ({ granted }) => String(granted),
  scopes: ({ scopes, grantedScopes }) => (scopes.length > 0 ? scopes : grantedScopes).join(' '),
  permissions: ({ permissions }) => permissions.join(' '),
  first_seen: ({ firstSeen }) => firstSeen?.toISOString(),
  last_used: ({ lastUsed }) => lastUsed?.toISOString(),
  calls: ({ calls }) => calls,
  software_name: ({ software }) => software?.name,
  software_version: ({ software }) => software?.version,
  protocol_version: ({ protocolVersion }) => protocolVersion,
};

/**
 * All recorded calls of a connection as a download: `{ connection, activity }` as JSON, or a line per call as CSV. Read
 * from the database and sent page by page.
 *
 * @returns undefined when the person has no such connection
 */
export async function exportActivity(
  userId: string,
  id: string,
  format: ExportFormat,
  context: Context = processContext(),
): Promise<Response | undefined> {
  const connection = await getConnection(userId, id, context);
  if (connection === undefined) return undefined;
  const { id: connectionId } = connection;
  async function* pages(): AsyncGenerator<ActivityEntry[]> {
    for (let before: string | undefined; ; ) {
      const page = await listActivity(userId, connectionId, { before, limit: PAGE_SIZE }, context);
      yield page;
      before = page.at(-1)?.id;
      if (page.length < PAGE_SIZE) return;
    }
  }
  const head = `{"connection":${JSON.stringify(connection)},"activity":[`;
  const text = format === 'csv' ? csvText(ACTIVITY_COLUMNS, pages()) : jsonText(head, pages(), ']}\n');
  return download(text, `activity-${id}`, format);
}

/**
 * The connections of a person that the list shows with a filter and a search, last used first, as a download: an array as
 * JSON, or a line per connection as CSV.
 */
export async function exportConnections(
  userId: string,
  format: ExportFormat,
  { filter = 'all', search = '' }: { filter?: AppFilter; search?: string } = {},
  context: Context = processContext(),
): Promise<Response> {
  const person = { issuer: context.issuer, subject: userId };
  await refreshGrants(context, person);
  const ids = await matchingIds(context, person, MATCHES[filter], MAX_CONNECTIONS, search);
  async function* pages(): AsyncGenerator<ConnectionRow[]> {
    for (let start = 0; start < ids.length; start += PAGE_SIZE)
      yield await readConnectionsById(userId, ids.slice(start, start + PAGE_SIZE), context);
  }
  const text = format === 'csv' ? csvText(CONNECTION_COLUMNS, pages()) : jsonText('[', pages(), ']\n');
  return download(text, 'connections', format);
}
