import { type Admin, NotAdminError } from '#lib/connections/organization/admin.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { ToolError } from '../tool.ts';

/** Runs `work` as an admin of the organization of the caller's token, whose permission WorkOS confirms. */
export async function asAdmin<T>(caller: Caller, work: (admin: Admin) => Promise<T>): Promise<T> {
  const { subject: userId, organizationId, clientId } = caller;
  try {
    return await work({ userId, organizationId, by: `${clientId ?? 'an MCP client'} for ${userId}` });
  } catch (error) {
    if (!(error instanceof NotAdminError)) throw error;
    throw new ToolError(
      error.code === 'unavailable'
        ? 'WorkOS does not say now whether you may manage this organization. Try again later.'
        : 'You may not manage an organization with this connection.',
    );
  }
}
