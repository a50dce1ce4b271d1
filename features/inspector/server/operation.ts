import {
  type CallToolRequest,
  type Client,
  type GetPromptRequest,
  type InputRequiredResult,
  isInputRequiredResult,
  LOG_LEVEL_META_KEY,
  type ReadResourceRequest,
  type RequestOptions,
} from '@modelcontextprotocol/client';
import type { CallRequest, CallValue, Operation } from '../call-messages.ts';
import { viewServer } from './server-view.ts';

/** Operations that one request to the server answers. */
export type SimpleOperation = Exclude<Operation, { kind: 'listen' | 'answer' }>;

/** The name by which step-ups for an operation are counted. */
export function operationName(operation: Operation): string {
  return 'name' in operation ? `${operation.kind} ${operation.name}` : operation.kind;
}

/** Performs an operation. A server of 2026-07-28 can answer that it needs something from the person first. */
export async function perform(
  client: Client,
  operation: SimpleOperation,
  options: RequestOptions,
  logLevel: CallRequest['logLevel'],
): Promise<CallValue | InputRequiredResult> {
  const modern = client.getProtocolEra() === 'modern';
  if (logLevel && !modern && client.getServerCapabilities()?.logging) await client.setLoggingLevel(logLevel);
  const _meta = logLevel && modern ? { [LOG_LEVEL_META_KEY]: logLevel } : undefined;
  // The client would take the answers for arguments that it does not know.
  const shared = (given: { inputResponses?: unknown; requestState?: unknown }) => ({
    ...(_meta && { _meta }),
    ...(modern && given.inputResponses !== undefined && { inputResponses: given.inputResponses }),
    ...(modern && given.requestState !== undefined && { requestState: given.requestState }),
  });
  const asking = { ...options, allowInputRequired: true };
  switch (operation.kind) {
    case 'view':
      return viewServer(client);
    case 'tool': {
      const { name, arguments: args, definition } = operation;
      const params = { name, arguments: args, ...shared(operation) } as CallToolRequest['params'];
      // Without the output schema: an answer that does not fit it is shown, with a warning, in place of an error.
      const toolDefinition = definition && { ...definition, outputSchema: undefined };
      return client.callTool(params, { ...asking, ...(toolDefinition && { toolDefinition }) });
    }
    case 'resource': {
      const params = { uri: operation.uri, ...shared(operation) } as ReadResourceRequest['params'];
      return client.readResource(params, asking);
    }
    case 'prompt': {
      const { name, arguments: args } = operation;
      const params = { name, arguments: args, ...shared(operation) } as GetPromptRequest['params'];
      return client.getPrompt(params, asking);
    }
    case 'complete': {
      const { reference: ref, argument, arguments: known } = operation;
      return client.complete({ ref, argument, context: { arguments: known } }, options);
    }
  }
}

export const needsInput = (value: CallValue | InputRequiredResult): value is InputRequiredResult =>
  isInputRequiredResult(value);
