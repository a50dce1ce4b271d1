import { z } from 'zod';
import { appKey } from '#lib/connections/app-identity.ts';
import { connectionPage } from '#lib/connections/connection-page.ts';
import { type ConnectionRow, getConnection } from '#lib/connections/queries.ts';
import { revokeConnection as revoke } from '#lib/connections/revocation.ts';
import { defineTool, ToolError } from '../tool.ts';

/** Revokes a client after asking the person. Shows a tool that needs a permission. */
export const revokeConnection = defineTool({
  name: 'revoke_connection',
  title: 'Revoke a connected client',
  description:
    'Revokes one of the MCP clients that act for the signed-in person. Its next call is refused, and it must ask the person for consent again. Needs the permission "connections:revoke".',
  permission: 'connections:revoke',
  input: z.strictObject({
    id: z.string().min(1).max(128).describe('id of the connection, from list_connections'),
    wholeApp: z.boolean().optional().describe('Also revoke every other registration of the same app'),
    confirm: z.boolean().optional().describe('That the person agreed; only where the client cannot ask'),
  }),
  output: z.object({
    revoked: z.string().describe('id of the connection'),
    connections: z.int().describe('Connections that were revoked'),
    grant: z
      .enum(['deleted', 'pending', 'unconfirmed'])
      .describe('Whether WorkOS has deleted the grant; unconfirmed: it lists none that can be matched'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ id, wholeApp, confirm }, context) {
    const { caller } = context;
    const unknown = 'You have no connected client with this id. list_connections shows them.';
    const connection = await getConnection(caller.subject, id);
    if (connection === undefined) throw new ToolError(unknown);
    const name = connection.host ?? connection.name ?? 'this client';
    const others = wholeApp ? await otherRegistrations(caller.subject, connection) : [];
    const what = others.length === 0 ? name : `${name} with its ${others.length} other registrations`;
    context.confirm(`Revoke ${what}? Its next call will be refused, and it has to ask you again.`, confirm);
    context.finishRevoked();
    const by = caller.clientId ?? 'an MCP client';
    const result = await revoke({ userId: caller.subject, connectionId: id, by });
    if (result === undefined) throw new ToolError(unknown);
    for (const connectionId of others) await revoke({ userId: caller.subject, connectionId, by });
    const grant = result === 'revoked' ? 'deleted' : result;
    return { revoked: id, connections: 1 + others.length, grant } as const;
  },
});

/** Active connections of the same app, by their ids. */
async function otherRegistrations(userId: string, connection: ConnectionRow): Promise<string[]> {
  const key = appKey(connection.clientId, connection);
  const { rows } = await connectionPage(userId, { state: 'active', limit: 1_000 });
  return rows
    .filter((row) => row.clientKey !== connection.clientKey && appKey(row.clientId, row) === key)
    .map(({ id }) => id);
}
