import {
  createMcpHandler,
  type McpHttpHandler,
  type McpRequestContext,
  McpServer,
} from '@modelcontextprotocol/server';
import packageJson from '../../package.json' with { type: 'json' };
import { config } from '../config/env.ts';
import { log } from '../observability/log.ts';
import { type Call, callOf } from './call.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import { isVisible, type Tool } from './tool.ts';
import { tools } from './tools/index.ts';

const byName = new Map(tools.map((tool) => [tool.name, tool]));

/** Lists differ by person, because tools differ by permission: no shared cache may keep one. */
const LIST_CACHE = { ttlMs: 60_000, cacheScope: 'private' } as const;

const OPTIONS = {
  capabilities: { tools: {}, resources: {}, prompts: {} },
  instructions:
    'Every tool acts as the signed-in person. Call whoami to see who that is. Notes are private to the person.',
  cacheHints: {
    'tools/list': LIST_CACHE,
    'resources/list': LIST_CACHE,
    'prompts/list': LIST_CACHE,
    'server/discover': { ttlMs: 300_000, cacheScope: 'private' },
  },
} as const;

/** A call pays for the one tool it names; whatever lists tools shows those the person may use. */
function toolsFor({ operation, caller }: Call): readonly Tool[] {
  const named = operation.tool === undefined ? undefined : byName.get(operation.tool);
  return named === undefined ? tools.filter((tool) => isVisible(tool, caller)) : [named];
}

function createServer({ authInfo }: McpRequestContext): McpServer {
  const call = callOf(authInfo);
  const server = new McpServer(
    { name: 'mcp-authkit-starter', title: config().serverName, version: packageJson.version },
    OPTIONS,
  );
  const { method } = call.operation;
  const all = method === 'batch';
  if (all || method.startsWith('tools/')) for (const tool of toolsFor(call)) tool.register(server, call);
  if (all || method.startsWith('resources/')) registerResources(server, call);
  if (all || method.startsWith('prompts/')) registerPrompts(server);
  return server;
}

let handler: McpHttpHandler | undefined;

/** The SDK's handler for both protocol eras, made once; {@link import('./endpoint.ts').handleMcp} guards it. */
export function mcpHandler(): McpHttpHandler {
  handler ??= createMcpHandler(createServer, {
    onerror: (error) => log('warn', 'mcp.protocol_error', { error: error.message }),
  });
  return handler;
}
