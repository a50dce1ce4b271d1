import { z } from 'zod';
import { config } from '#lib/config/env.ts';
import { organizationConnections } from '#lib/connections/organization/queries.ts';
import { defineTool } from '../tool.ts';
import { asAdmin } from './organization-admin.ts';

const connection = z.object({
  id: z.string(),
  person: z.string().describe('E-mail address, or the WorkOS id of one who is no member now'),
  userId: z.string(),
  app: z.string().describe('The same for all registrations of one app'),
  clientId: z.string().optional(),
  host: z.string().optional().describe('Host of its metadata document: what is verified about it'),
  name: z.string().optional().describe('What it calls itself: a claim'),
  state: z.string(),
  calls: z.int(),
  lastUsed: z.string().optional().describe('ISO 8601'),
});

/** The connections of the members of an organization, for its admins. */
export const listOrganizationConnections = defineTool({
  name: 'list_organization_connections',
  title: 'List the connections of the organization',
  description:
    'Lists the MCP clients that act for the members of your organization here, last used first. For its admins.',
  get permission() {
    return config().organizationAdminPermission;
  },
  input: z.strictObject({
    search: z.string().max(100).optional().describe('Part of a person, app, host or client id'),
    state: z.enum(['active', 'revoked', 'pending', 'gone']).optional(),
    limit: z.int().min(1).max(100).default(20).describe('Connections on a page'),
    cursor: z.string().optional().describe('nextCursor of the page before'),
  }),
  output: z.object({
    connections: z.array(connection),
    nextCursor: z.string().optional().describe('Present when there are more'),
  }),
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  async run({ search, state, limit, cursor }, { caller }) {
    const { rows, nextCursor } = await asAdmin(caller, (admin) =>
      organizationConnections(admin, {
        limit,
        ...(search !== undefined && { search }),
        ...(state !== undefined && { state }),
        ...(cursor !== undefined && { cursor }),
      }),
    );
    const connections = rows.map((row) => ({
      id: row.id,
      person: row.person.email ?? row.person.userId,
      userId: row.person.userId,
      app: row.appKey,
      clientId: row.clientId,
      host: row.host,
      name: row.name,
      state: row.state,
      calls: row.calls,
      lastUsed: row.lastUsed?.toISOString(),
    }));
    return nextCursor === undefined ? { connections } : { connections, nextCursor };
  },
});
