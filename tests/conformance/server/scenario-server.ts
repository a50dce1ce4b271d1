import { createMcpHandler, type McpHttpHandler, McpServer } from '@modelcontextprotocol/server';
import { registerData } from './scenario-data.ts';
import { registerQuestions, stateCodec } from './scenario-questions.ts';
import { registerTools } from './scenario-tools.ts';

/**
 * What the official suite asks a server to offer, in the form this project serves things: one new server for each
 * request, on the SDK's handler with its defaults. It takes the place of the project's own tools behind the real guards.
 */
export function scenarioHandler(): McpHttpHandler {
  const handler = createMcpHandler(() => {
    const server = new McpServer(
      { name: 'scenario-server', version: '1.0.0' },
      {
        capabilities: {
          tools: { listChanged: true },
          prompts: { listChanged: true },
          resources: {},
          completions: {},
          logging: {},
        },
        requestState: { verify: stateCodec.verify },
      },
    );
    registerTools(server, () => handler.notify);
    registerQuestions(server);
    registerData(server);
    return server;
  });
  return handler;
}
