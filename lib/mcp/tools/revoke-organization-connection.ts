import { z } from 'zod';
import { config } from '#lib/config/env.ts';
import { organizationConnection } from '#lib/connections/organization/queries.ts';
import { revokeInOrganization } from '#lib/connections/organization/revoke.ts';
import { defineTool, ToolError } from '../tool.ts';
import { asAdmin } from './organization-admin.ts';

/** Revokes a connection of a member, for admins of the organization. */
export const revokeOrganizationConnection = defineTool({
  name: 'revoke_organization_connection',
  title: 'Revoke a connection of the organization',
  description:
    'Revokes one of the MCP clients that act for a member of your organization, in this organization only. Its next call is refused. For admins.',
  get permission() {
    return config().organizationAdminPermission;
  },
  input: z.strictObject({
    id: z.string().min(1).max(128).describe('id of the connection, from list_organization_connections'),
    confirm: z.boolean().optional().describe('That the person agreed; only where the client cannot ask'),
  }),
  output: z.object({ revoked: z.string().describe('id of the connection') }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ id, confirm }, context) {
    const unknown =
      'Your organization has no connection with this id. list_organization_connections shows them.';
    return await asAdmin(context.caller, async (admin) => {
      const connection = await organizationConnection(admin, id);
      if (connection === undefined) throw new ToolError(unknown);
      const name = connection.host ?? connection.name ?? 'this client';
      const person = connection.person.email ?? connection.person.userId;
      context.confirm(`Revoke ${name} of ${person}? Its next call will be refused.`, confirm);
      context.finishRevoked();
      if ((await revokeInOrganization(admin, { connection: id })) === undefined) throw new ToolError(unknown);
      return { revoked: id };
    });
  },
});
