import { z } from 'zod';
import { config } from '#lib/config/env.ts';
import { type Limits, MAX_UNUSED_DAYS, NO_LIMITS, strictest } from '#lib/connections/policy/limits.ts';
import { limitsOf, setLimits } from '#lib/connections/policy/policy.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { defineTool, ToolError } from '../tool.ts';

const toolNames = z.array(z.string().min(1).max(128)).max(500);

/** Limits a client after asking the person. It only adds limits, so that no client can lift its own or those of another. */
export const limitConnection = defineTool({
  name: 'limit_connection',
  title: 'Limit a connected client',
  description:
    'Adds limits to one of the MCP clients that act for the signed-in person: read-only, tools switched off, an end. Limits can be lifted on the page of the client only. Needs the permission "connections:revoke".',
  permission: 'connections:revoke',
  input: z.strictObject({
    id: z.string().min(1).max(128).describe('id of the connection, from list_connections'),
    readOnly: z.boolean().optional().describe('Allow only tools that change nothing'),
    toolsOff: toolNames.optional().describe('Names of tools to switch off'),
    expiresAt: z.iso.datetime({ offset: true }).optional().describe('When the connection ends, ISO 8601'),
    unusedDays: z
      .int()
      .min(1)
      .max(MAX_UNUSED_DAYS)
      .optional()
      .describe('Days without calls after which it ends'),
    confirm: z.boolean().optional().describe('That the person agreed; only where the client cannot ask'),
  }),
  output: z.object({
    limited: z.string().describe('id of the connection'),
    readOnly: z.boolean(),
    toolsOff: z.array(z.string()),
    expiresAt: z.string().optional(),
    unusedDays: z.int().optional(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ id, confirm, readOnly, toolsOff = [], expiresAt, unusedDays }, context) {
    const { caller } = context;
    const unknown = 'You have no connected client with this id. list_connections shows them.';
    const row = await getConnection(caller.subject, id);
    if (row === undefined) throw new ToolError(unknown);
    const end = expiresAt === undefined ? undefined : new Date(expiresAt);
    if (end !== undefined && end <= new Date())
      throw new ToolError('Choose a time in the future as expiresAt.');
    const own = await ownLimits(row.id);
    const wish = { readOnly: readOnly === true, toolsOff, expiresAt: end, unusedDays };
    const limits = strictest([own, wish]);
    const wantsWriting = readOnly === false;
    if ((wantsWriting && own.readOnly) || isLooser(wish, own))
      throw new ToolError(
        `Limits are lifted on the page of the client only: ${config().appUrl}/clients/${row.id}`,
      );
    const name = row.host ?? row.name ?? 'this client';
    context.confirm(`Limit ${name}? Its calls that the limits forbid will be refused.`, confirm);
    context.finishRevoked();
    const by = caller.clientId ?? 'an MCP client';
    const saved = await setLimits({ userId: caller.subject, connectionId: row.id, limits, by });
    if (saved === undefined) throw new ToolError(unknown);
    return {
      limited: row.id,
      readOnly: saved.readOnly,
      toolsOff: saved.toolsOff,
      expiresAt: saved.expiresAt?.toISOString(),
      unusedDays: saved.unusedDays,
    };
  },
});

/** What the person chose before. */
async function ownLimits(id: string): Promise<Limits> {
  const choices = (await limitsOf([id])).get(id)?.choices ?? [];
  return choices.find(({ limiter }) => limiter === 'person')?.limits ?? NO_LIMITS;
}

/** Whether a wish names an end that is later than the one that is set: it would change nothing, and says so. */
function isLooser(wish: Limits, own: Limits): boolean {
  const later = wish.expiresAt !== undefined && own.expiresAt !== undefined && wish.expiresAt > own.expiresAt;
  const longer =
    wish.unusedDays !== undefined && own.unusedDays !== undefined && wish.unusedDays > own.unusedDays;
  return later || longer;
}
