import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { Caller } from '#lib/oauth/caller.ts';
import { permissionsOf } from '#lib/workos/permissions.ts';
import { type Call, callOf } from './call.ts';
import type { Tool } from './tool.ts';

/**
 * Asks WorkOS for the permissions of the caller before the calls that depend on them: of a tool that needs one, and of the
 * list of tools when one of them does. Every other call is passed on as it is.
 */
export function withPermissions(handler: McpHttpHandler, tools: readonly Tool[]): McpHttpHandler {
  const guarded = new Set(tools.filter(({ permission }) => permission !== undefined).map(({ name }) => name));
  if (guarded.size === 0) return handler;
  const depends = ({ operation: { method, tool } }: Call) =>
    tool === undefined ? method === 'tools/list' : guarded.has(tool);
  const afterLookUp = async (call: Call, ...[request, options]: Parameters<McpHttpHandler['fetch']>) => {
    call.permissions = await lookUp(call.caller);
    return handler.fetch(request, options);
  };
  return {
    ...handler,
    fetch(request, options) {
      const call = callOf(options?.authInfo);
      return depends(call) ? afterLookUp(call, request, options) : handler.fetch(request, options);
    },
  };
}

/** A token that names permissions decides by itself. AuthKit's tokens for MCP clients name none. */
async function lookUp({ permissions, organizationId, subject }: Caller): Promise<Call['permissions']> {
  if (permissions.size > 0) return undefined;
  return organizationId === undefined ? 'no_organization' : permissionsOf(subject, organizationId);
}
