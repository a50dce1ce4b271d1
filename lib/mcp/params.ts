import { specTypeSchemas } from '@modelcontextprotocol/server';
import { isObject, member } from '#lib/text/json.ts';
import { INVALID_PARAMS, messageId, rpcError } from './rpc-error.ts';

/** The SDK's schemas of the requests that this server handles. */
const REQUESTS = new Map(
  Object.entries({
    initialize: specTypeSchemas.InitializeRequest,
    'tools/list': specTypeSchemas.ListToolsRequest,
    'tools/call': specTypeSchemas.CallToolRequest,
    'prompts/list': specTypeSchemas.ListPromptsRequest,
    'prompts/get': specTypeSchemas.GetPromptRequest,
    'resources/list': specTypeSchemas.ListResourcesRequest,
    'resources/templates/list': specTypeSchemas.ListResourceTemplatesRequest,
    'resources/read': specTypeSchemas.ReadResourceRequest,
  }),
);

/**
 * Refuses a request whose parameters do not have the form of its method: error -32602, in one sentence. The SDK would
 * answer with the list of issues of its validator, in most methods as an internal error.
 */
export function refuseInvalidParams(message: unknown): Response | undefined {
  const method = String(member(message, 'method'));
  const id = member(message, 'jsonrpc') === '2.0' ? messageId(message) : null;
  // The SDK refuses what is no JSON-RPC request.
  const params = member(message, 'params') ?? {};
  if (id === null || !isObject(params)) return undefined;
  const [issue] = REQUESTS.get(method)?.['~standard'].validate(message).issues ?? [];
  if (issue === undefined) return undefined;
  const text = `Invalid params of ${method}: ${issue.path?.join('.')}: ${issue.message}`;
  return rpcError(200, INVALID_PARAMS, text, undefined, id);
}
