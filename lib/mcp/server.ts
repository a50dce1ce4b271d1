import {
  createMcpHandler,
  type Implementation,
  type McpHttpHandler,
  type McpRequestContext,
  McpServer,
} from '@modelcontextprotocol/server';
import { config } from '#lib/config/env.ts';
import { log } from '#lib/observability/log.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { withSignal } from './active-calls.ts';
import { type Call, callOf } from './call.ts';
import { callDirectly } from './fast-path/call-tool.ts';
import { prepareLists } from './fast-path/list-cache.ts';
import { readOrdinary } from './fast-path/match.ts';
import type { Registration } from './registration.ts';
import { isVisible, type Tool } from './tool.ts';
import { prompts, resources, tools } from './tools/index.ts';

/** Prompts and resources that a handler offers besides its tools. */
export type Extras = { prompts?: readonly Registration[]; resources?: readonly Registration[] };

/** Lists differ by person, because tools differ by permission: no shared cache may keep one. */
const LIST_CACHE = { ttlMs: 60_000, cacheScope: 'private' } as const;

const CACHE_HINTS = {
  'tools/list': LIST_CACHE,
  'resources/list': LIST_CACHE,
  'prompts/list': LIST_CACHE,
  'server/discover': { ttlMs: 300_000, cacheScope: 'private' },
} as const;

/**
 * Makes the handler of both protocol eras with these tools; `handleMcp` guards it.
 * Ordinary calls of tools and their list are served without an SDK server, everything else by the SDK.
 */
export function createHandler(tools: readonly Tool[], extras: Extras = {}): McpHttpHandler {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const lists = prepareLists(tools);
  const sdk = createSdkHandler(byName, extras);
  return {
    ...sdk,
    fetch: async (request, options) => {
      const call = callOf(options?.authInfo);
      const bySdk = () => sdk.fetch(withSignal(request, call.signal), options);
      const ordinary = readOrdinary(options?.parsedBody, request.headers);
      if (ordinary?.method === 'tools/list') return lists.answer(ordinary, call, bySdk);
      const direct = ordinary && callDirectly(ordinary, call, { tools: byName, serverInfo: serverInfo() });
      return direct ?? bySdk();
    },
  };
}

/** The SDK's handler with these tools. A request pays only for what it names: one tool, or the lists it asks for. */
export function createSdkHandler(
  tools: ReadonlyMap<string, Tool>,
  { prompts = [], resources = [] }: Extras = {},
): McpHttpHandler {
  const options = {
    capabilities: {
      tools: {},
      ...(resources.length > 0 && { resources: {} }),
      ...(prompts.length > 0 && { prompts: {} }),
    },
    instructions: 'Every tool acts as the signed-in person.',
    cacheHints: CACHE_HINTS,
  };
  const toolsFor = ({ operation, caller }: Call) => {
    const named = operation.tool === undefined ? undefined : tools.get(operation.tool);
    return named === undefined ? [...tools.values()].filter((tool) => isVisible(tool, caller)) : [named];
  };
  const createServer = ({ authInfo }: McpRequestContext) => {
    const call = callOf(authInfo);
    const server = new McpServer(serverInfo(), options);
    const { method } = call.operation;
    const all = method === 'batch';
    if (all || method.startsWith('tools/')) for (const tool of toolsFor(call)) tool.register(server, call);
    if (all || method.startsWith('resources/')) for (const register of resources) register(server, call);
    if (all || method.startsWith('prompts/')) for (const register of prompts) register(server, call);
    return server;
  };
  return createMcpHandler(createServer, {
    onerror: (error) => log('warn', 'mcp.protocol_error', { error: error.message }),
  });
}

function serverInfo(): Implementation {
  return { name: 'mcp-authkit-starter', title: config().serverName, version: packageJson.version };
}

let handler: McpHttpHandler | undefined;

/** The handler with the tools, prompts and resources of this server, created once. */
export function mcpHandler(): McpHttpHandler {
  handler ??= createHandler(tools, { prompts, resources });
  return handler;
}
