import { type McpHttpHandler, PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server';
import { config } from '#lib/config/env.ts';
import { type CallPolicy, callPolicy } from '#lib/connections/policy/call-policy.ts';
import type { Limiter, Limits } from '#lib/connections/policy/limits.ts';
import { RevocationUnavailableError } from '#lib/connections/revocation.ts';
import { unavailableResponse } from '#lib/oauth/challenge.ts';
import { log } from '#lib/observability/log.ts';
import { member } from '#lib/text/json.ts';
import { CallEndedError } from './active-calls.ts';
import { type Call, callOf, deny, fail } from './call.ts';
import { requestMeta } from './operation.ts';
import { messageId, rpcError, SERVER_ERROR } from './rpc-error.ts';
import type { Tool } from './tool.ts';

/**
 * Refuses what the limits of a connection and the policy of its organization forbid, before either path runs a tool, and
 * hides those tools from lists. Expiry was checked with revocation.
 *
 * A refused tool is a tool error, so that the model and the person read the reason. A refused client gets a JSON-RPC error
 * and no challenge: signing in again would change nothing. Resources and prompts only read, so read-only leaves them.
 */
export function withLimits(handler: McpHttpHandler, tools: readonly Tool[]): McpHttpHandler {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return {
    ...handler,
    async fetch(request, options) {
      const call = callOf(options?.authInfo);
      const message = options?.parsedBody;
      const tool = byName.get(String(member(member(message, 'params'), 'name')));
      const refuse = async () => {
        const policy = await callPolicy(call.caller);
        if (policy === undefined) return undefined;
        if (call.operation.method === 'tools/list') call.toolsOff = forbidden(tools, policy.limits);
        const text = refuseHost(policy, call) ?? refuseTool(tool, policy, call);
        return text === undefined ? undefined : refusal(message, text);
      };
      let judged = false;
      try {
        const refused = await refuse();
        judged = true;
        if (refused !== undefined) return refused;
        call.isForbidden = async () => (await refuse()) !== undefined;
        const response = await handler.fetch(request, options);
        const { reason } = call.abortState;
        const isEnded = reason instanceof CallEndedError && reason.why === 'limited';
        return isEnded ? ((await refuse()) ?? response) : response;
      } catch (error) {
        if (!(error instanceof RevocationUnavailableError)) throw error;
        log('error', 'mcp.policy_unavailable');
        fail(call, 'policy_unavailable');
        call.isUnjudged = !judged;
        return unavailableResponse();
      }
    },
  };
}

const isWriting = ({ listing }: Tool) => listing.annotations.readOnlyHint !== true;

function forbidden(tools: readonly Tool[], { readOnly, toolsOff }: Limits): ReadonlySet<string> {
  const off = tools.filter((tool) => (readOnly && isWriting(tool)) || toolsOff.includes(tool.name));
  return new Set(off.map(({ name }) => name));
}

/** Why a call of a tool is refused; undefined for a tool that is allowed or unknown, and for every other message. */
function refuseTool(tool: Tool | undefined, { limits, connectionId }: CallPolicy, call: Call) {
  if (call.operation.method !== 'tools/call' || tool === undefined) return undefined;
  const isOff = (each: Limits) => each.toolsOff.includes(tool.name);
  const isReadOnly = (each: Limits) => each.readOnly && isWriting(tool);
  const applies = isOff(limits) ? isOff : isReadOnly(limits) ? isReadOnly : undefined;
  const choice = applies && limits.choices.find((each) => applies(each.limits));
  if (choice === undefined) return undefined;
  deny(call, applies === isOff ? 'tool_off' : 'read_only');
  const what =
    applies === isOff
      ? `switched off the tool ${tool.name} for this client`
      : `limited this client to tools that only read, and ${tool.name} may change something`;
  const page = `${config().appUrl}/clients/${connectionId}`;
  return `${LIMITERS[choice.limiter]} ${what}. ${
    choice.limiter === 'person'
      ? `They can change it at ${page}`
      : `An administrator can change it. The limits are shown at ${page}`
  }`;
}

const LIMITERS: Record<Limiter, string> = {
  person: 'The person whom this client acts for',
  administrator: 'An administrator of the organization',
  organization: 'The organization',
  server: 'The operator of this server',
};

/** Why every call of the client is refused. */
function refuseHost({ host }: CallPolicy, call: Call): string | undefined {
  if (host === undefined) return undefined;
  const next = 'An administrator of the organization can change this.';
  if (host.rule === 'blocked') {
    deny(call, 'host_blocked');
    return `The organization blocks clients of ${host.host}. ${next}`;
  }
  deny(call, 'host_not_allowed');
  return host.host === undefined
    ? `The organization allows only clients of certain hosts, and this client has no verified host. ${next}`
    : `The organization does not allow clients of ${host.host}. ${next}`;
}

/** A tool error for a call of a tool, otherwise a JSON-RPC error; a message without an id has no response. */
function refusal(message: unknown, text: string): Response {
  const id = messageId(message);
  if (id === null) return rpcError(403, SERVER_ERROR, text);
  if (member(message, 'method') !== 'tools/call') return rpcError(200, SERVER_ERROR, text, undefined, id);
  const isModern = requestMeta(message)?.[PROTOCOL_VERSION_META_KEY] !== undefined;
  const result = {
    content: [{ type: 'text', text }],
    isError: true,
    ...(isModern && { resultType: 'complete' }),
  };
  return Response.json({ jsonrpc: '2.0', id, result });
}
