import {
  createMcpHandler,
  type Implementation,
  type McpHttpHandler,
  type McpRequestContext,
  McpServer,
} from '@modelcontextprotocol/server';
import { config } from '#lib/config/env.ts';
import { challengedScopes } from '#lib/oauth/scopes.ts';
import { log } from '#lib/observability/log.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { withSignal } from './active-calls.ts';
import { type Call, callOf } from './call.ts';
import { withLimits } from './connection-limits.ts';
import { withFastPath } from './fast-path/fast-path.ts';
import { refuseInvalidParams } from './params.ts';
import { withPermissions } from './permissions.ts';
import type { Registration } from './registration.ts';
import { isVisible, type Tool } from './tool.ts';
import { prompts, resources, tools } from './tools/index.ts';

/** Prompts and resources that a handler offers besides its tools. */
type Extras = { prompts?: readonly Registration[]; resources?: readonly Registration[] };

/** Lists differ by person, because tools differ by permission: no shared cache may store one. */
const LIST_CACHE = { ttlMs: 60_000, cacheScope: 'private' } as const;

const CACHE_HINTS = {
  'tools/list': LIST_CACHE,
  'resources/list': LIST_CACHE,
  'prompts/list': LIST_CACHE,
  'server/discover': { ttlMs: 300_000, cacheScope: 'private' },
} as const;

/** What is offered changes with a deployment only, which ends every stream: there is nothing to notify about. */
const UNCHANGING = { listChanged: false };

/** Creates a handler for the protocol revisions of 2025 and 2026. The endpoint checks each request before it. */
export function createHandler(tools: readonly Tool[], extras: Extras = {}): McpHttpHandler {
  return withPermissions(withLimits(fastHandler(tools, extras), tools), tools);
}

function fastHandler(tools: readonly Tool[], extras: Extras): McpHttpHandler {
  return withFastPath(createSdkHandler(tools, extras), tools, serverInfo);
}

/**
 * Creates the SDK's handler. It builds a server for each request, so a request only registers what its method needs: the
 * tool that it calls, or the lists that it asks for.
 */
export function createSdkHandler(
  tools: readonly Tool[],
  { prompts = [], resources = [] }: Extras = {},
): McpHttpHandler {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const options = {
    capabilities: {
      tools: UNCHANGING,
      ...(resources.length > 0 && { resources: UNCHANGING }),
      ...(prompts.length > 0 && { prompts: UNCHANGING }),
    },
    instructions: 'Every tool acts as the signed-in person.',
    cacheHints: CACHE_HINTS,
  };
  const toolsFor = (call: Call) => {
    const called = call.operation.tool === undefined ? undefined : byName.get(call.operation.tool);
    return called === undefined ? tools.filter((tool) => isVisible(tool, call)) : [called];
  };
  const createServer = ({ authInfo }: McpRequestContext) => {
    const call = callOf(authInfo);
    const server = new McpServer(serverInfo(), options);
    const { method } = call.operation;
    if (method.startsWith('tools/')) for (const tool of toolsFor(call)) register(server, tool, call);
    if (method.startsWith('resources/')) for (const resource of resources) resource(server, call);
    if (method.startsWith('prompts/')) for (const prompt of prompts) prompt(server, call);
    return server;
  };
  const sdk = createMcpHandler(createServer, {
    onerror: (error) => log('warn', 'mcp.protocol_error', { error: error.message }),
  });
  return {
    ...sdk,
    fetch: async (request, options) =>
      refuseInvalidParams(options?.parsedBody) ??
      sdk.fetch(withSignal(request, callOf(options?.authInfo).signal), options),
  };
}

/** Registers a tool on the server that serves one call. The SDK checks the arguments and the scopes before it runs. */
function register(server: McpServer, { name, listing, scopes, run }: Tool, call: Call): void {
  const missing = scopes.filter((scope) => !call.caller.scopes.has(scope));
  const scopeChallenge = () =>
    // A token without a `scope` claim gets no more scopes by consent: the tool itself answers.
    missing.length === 0 || !call.caller.hasScopeClaim
      ? undefined
      : {
          scopes: [...challengedScopes(scopes, call.operation.protocolVersion)] as [string, ...string[]],
          errorDescription: `${name} needs the scope ${missing.join(' ')}: connect again and allow it`,
        };
  server.registerTool(name, { ...listing, scopeChallenge }, (args, { mcpReq }) => run(args, call, mcpReq));
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
