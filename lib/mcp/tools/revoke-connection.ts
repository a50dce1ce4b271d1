import { z } from 'zod';
import { getConnection } from '#lib/connections/queries.ts';
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
    confirm: z.boolean().optional().describe('That the person agreed; only where the client cannot ask'),
  }),
  output: z.object({
    revoked: z.string().describe('id of the connection'),
    grant: z
      .enum(['deleted', 'pending', 'unconfirmed'])
      .describe('Whether WorkOS has deleted the grant; unconfirmed: it lists none that can be matched'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ id, confirm }, context) {
    const { caller } = context;
    const unknown = 'You have no connected client with this id. list_connections shows them.';
    const connection = await getConnection(caller.subject, id);
    if (connection === undefined) throw new ToolError(unknown);
    const name = connection.host ?? connection.name ?? 'this client';
    context.confirm(`Revoke ${name}? Its next call will be refused, and it has to ask you again.`, confirm);
    context.finishRevoked();
    const result = await revoke({
      userId: caller.subject,
      connectionId: id,
      by: caller.clientId ?? 'an MCP client',
    });
    if (result === undefined) throw new ToolError(unknown);
    return { revoked: id, grant: result === 'revoked' ? 'deleted' : result } as const;
  },
});
