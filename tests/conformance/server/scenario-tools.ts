import {
  type CallToolResult,
  fromJsonSchema,
  type JsonSchemaType,
  type McpHttpHandler,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { embedded, image, SILENCE, text } from './scenario-content.ts';
import schemas from './scenario-schemas.json' with { type: 'json' };

type Run = (context: ServerContext) => CallToolResult | Promise<CallToolResult>;

const answer = (...content: CallToolResult['content']): CallToolResult => ({ content });

/** Tools that answer immediately, by the name that the suite calls. */
const PLAIN: Record<string, Run> = {
  // First in the list, because the suite calls the first tool without arguments.
  test_simple_text: () => answer(text('This is a simple text response for testing.')),
  test_image_content: () => answer(image()),
  test_audio_content: () => answer({ type: 'audio', data: SILENCE, mimeType: 'audio/wav' }),
  test_embedded_resource: () =>
    answer(embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')),
  test_multiple_content_types: () =>
    answer(
      text('Multiple content types test:'),
      image(),
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ),
  test_error_handling: () => {
    throw new Error('This tool intentionally returns an error for testing');
  },
  test_tool_with_logging: async ({ mcpReq }) => {
    await mcpReq.log('info', 'Tool execution started');
    await mcpReq.log('info', 'Tool processing data');
    await mcpReq.log('info', 'Tool execution completed');
    return answer(text('Logged three messages'));
  },
  test_logging_tool: async ({ mcpReq }) => {
    await mcpReq.log('info', 'Only for clients that asked for log messages');
    return answer(text('Logged one message'));
  },
  test_tool_with_progress: async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken !== undefined)
      for (const progress of [0, 50, 100])
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        });
    return answer(text('Done'));
  },
};

/** The vocabulary of JSON Schema 2020-12 that a list of tools has to carry unchanged. */
const wideSchema = fromJsonSchema(schemas.wide as JsonSchemaType);

/** An argument that clients repeat in the header `Mcp-Param-Region`. */
const mirroredSchema = fromJsonSchema<{ region: string }>(schemas.mirrored as JsonSchemaType);

/** Tools without questions: contents, errors, log messages, progress, schemas, changes of lists. */
export function registerTools(server: McpServer, notify: () => McpHttpHandler['notify']): void {
  for (const [name, run] of Object.entries(PLAIN))
    server.registerTool(name, { description: `Serves the scenario of ${name}` }, run);
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: wideSchema },
    () => answer(text('Accepted')),
  );
  server.registerTool(
    'test_header_parameter',
    { description: 'Its argument travels in a header too', inputSchema: mirroredSchema },
    ({ region }) => answer(text(region)),
  );
  const changes = {
    test_trigger_tool_change: () => notify().toolsChanged(),
    test_trigger_prompt_change: () => notify().promptsChanged(),
  };
  for (const [name, change] of Object.entries(changes))
    server.registerTool(name, { description: 'Tells subscribers that a list changed' }, () => {
      change();
      return answer(text('Told'));
    });
}
