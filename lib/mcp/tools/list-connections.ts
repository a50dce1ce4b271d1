import { z } from 'zod';
import { appKey } from '#lib/connections/app-identity.ts';
import { connectionPage } from '#lib/connections/connection-page.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { type EffectiveLimits, NO_LIMITS } from '#lib/connections/policy/limits.ts';
import { limitsOf } from '#lib/connections/policy/policy.ts';
import { defineTool } from '../tool.ts';

const limits = z
  .object({
    readOnly: z.boolean(),
    toolsOff: z.array(z.string()),
    expiresAt: z.string().optional().describe('ISO 8601'),
    unusedDays: z.int().optional().describe('Days without calls after which it expires'),
    setBy: z.array(z.string()).describe('person, administrator, organization or server'),
  })
  .describe('What the client may not do here');

const connection = z.object({
  id: z.string(),
  clientId: z.string().optional().describe('Absent when its tokens name no client'),
  host: z.string().optional().describe('Host of its metadata document: what is verified about it'),
  name: z.string().optional().describe('What it calls itself: a claim'),
  state: z.string(),
  lastUsed: z.string().optional().describe('ISO 8601'),
  callsIn30Days: z.int(),
  scopes: z.array(z.string()),
  app: z.string().describe('The same for every registration of an app'),
  limits,
  isThisClient: z.boolean().describe('Whether it is the client that made this call'),
});

/** The MCP clients that act for the signed-in person. */
export const listConnections = defineTool({
  name: 'list_connections',
  title: 'List connected clients',
  description:
    'Lists the MCP clients that act for the signed-in person here, last used first. Names are claims of the clients themselves; hosts are verified.',
  input: z.strictObject({
    limit: z.int().min(1).max(100).default(20).describe('Clients on a page'),
    cursor: z.string().optional().describe('nextCursor of the page before'),
  }),
  output: z.object({
    connections: z.array(connection),
    total: z.int(),
    nextCursor: z.string().optional().describe('Present when there are more'),
  }),
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  async run({ limit, cursor }, { caller }) {
    const { rows, total, nextCursor } = await connectionPage(caller.subject, { limit, cursor });
    const self = connectionKey(caller);
    const limited = await limitsOf(rows.map(({ id }) => id));
    const connections = rows.map((row) => ({
      id: row.id,
      clientId: row.clientId,
      host: row.host,
      name: row.name,
      state: row.state,
      lastUsed: row.lastUsed?.toISOString(),
      callsIn30Days: row.recentCalls,
      scopes: row.scopes,
      app: appKey(row.clientId, row),
      limits: describeLimits(limited.get(row.id)),
      isThisClient: row.id === self,
    }));
    return nextCursor === undefined ? { connections, total } : { connections, total, nextCursor };
  },
});

function describeLimits(found: EffectiveLimits | undefined): z.infer<typeof limits> {
  const { readOnly, toolsOff, expiresAt, unusedDays, choices } = found ?? { ...NO_LIMITS, choices: [] };
  return {
    readOnly,
    toolsOff,
    expiresAt: expiresAt?.toISOString(),
    unusedDays,
    setBy: choices.map(({ limiter }) => limiter),
  };
}
