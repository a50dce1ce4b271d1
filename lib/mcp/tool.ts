import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  type ServerContext,
  type StandardSchemaWithJSON,
  type ToolAnnotations,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Caller } from '#lib/oauth/caller.ts';
import { BASE_SCOPES, type Scope } from '#lib/oauth/scopes.ts';
import { errorFields, log } from '#lib/observability/log.ts';
import { currentRequest } from '#lib/observability/request.ts';
import { type Call, deny, fail, hasPermission } from './call.ts';
import { lenientSchema } from './lenient-schema.ts';
import { precomputedSchema } from './precomputed-schema.ts';

/**
 * The call that a tool serves.
 *
 * @public for tools whose code spans several functions
 */
export type ToolContext = {
  caller: Caller;
  /** Aborted when the client cancels or disconnects, or when its connection is revoked. Long work stops then. */
  signal: AbortSignal;
  /** Reports progress to a client that asked for it; `done` counts up to `total`. */
  progress(done: number, total: number, message?: string): Promise<void>;
  /**
   * Returns if the person agreed to `question`, otherwise throws. The person is asked through the protocol where the client supports it
   * (MCP elicitation); otherwise `agreed` decides, which the tool takes from an argument. `run` starts again with the
   * answer, so nothing that must not be repeated may come before this call.
   *
   * @throws {ToolError} when the person did not agree, or cannot be asked and `agreed` is not true
   */
  confirm(question: string, agreed: boolean | undefined): void;
  /** Lets this call finish although it revokes the access of its own client. Call it just before that. */
  finishRevoked(): void;
};

/** A failure that the model and the person can act on. The message says what was wrong and what to do. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code = 'tool_error';
}

class ConfirmationNeededError extends Error {
  override readonly name = 'ConfirmationNeededError';
}

type Definition<Input extends z.ZodObject, Output extends z.ZodObject> = {
  name: string;
  title: string;
  description: string;
  input: Input;
  output: Output;
  annotations: ToolAnnotations;
  /** Scopes needed besides the base scopes. A token without them gets 403 `insufficient_scope`. */
  scopes?: readonly Scope[];
  /** Permission (from a role) needed. The tool is hidden from people without it. */
  permission?: string;
  run(input: z.infer<Input>, context: ToolContext): Promise<z.infer<Output>> | z.infer<Output>;
};

/** The part of the SDK's request context that a tool uses. */
export type ToolRequest = Pick<
  ServerContext['mcpReq'],
  '_meta' | 'inputResponses' | 'notify' | 'signal' | 'envelope'
>;

export type ToolResult = CallToolResult | InputRequiredResult;

/** A tool as the server uses it. {@link defineTool} creates one. */
export type Tool = {
  name: string;
  permission: string | undefined;
  /** Scopes that a call needs, base scopes included. */
  scopes: readonly [string, ...string[]];
  input: z.ZodObject;
  /** What clients see in the list of tools. */
  listing: {
    title: string;
    description: string;
    inputSchema: StandardSchemaWithJSON;
    outputSchema: StandardSchemaWithJSON;
    annotations: ToolAnnotations;
  };
  /** Runs the tool with arguments that fit `input`. Never rejects: a failure is a result, and the outcome of `call`. */
  run(args: unknown, call: Call, request: ToolRequest): Promise<ToolResult>;
};

const confirmation = z.object({ confirm: z.boolean().describe('Whether to go ahead') });

/** Whether the caller may see this tool in the list. */
export function isVisible(tool: Tool, call: Call): boolean {
  if (call.toolsOff?.has(tool.name)) return false;
  return tool.permission === undefined || hasPermission(call, tool.permission);
}

/**
 * Creates a tool from its definition. Call it at module level: zod compiles a schema when it is created, which then
 * happens once.
 *
 * @example
 * export const rollDie = defineTool({
 *   name: 'roll_die',
 *   title: 'Roll a die',
 *   description: 'Rolls a die.',
 *   input: z.strictObject({ sides: z.int().min(2).default(6) }),
 *   output: z.object({ value: z.int() }),
 *   annotations: { readOnlyHint: true },
 *   run: ({ sides }) => ({ value: randomInt(1, sides + 1) }),
 * });
 */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Definition<Input, Output>,
): Tool {
  const { name, title, description, input, output, annotations, scopes = [] } = definition;
  return {
    name,
    get permission() {
      return definition.permission;
    },
    scopes: [...BASE_SCOPES, ...scopes],
    input,
    listing: {
      title,
      description,
      inputSchema: lenientSchema(precomputedSchema(input)),
      outputSchema: precomputedSchema(output),
      annotations,
    },
    run: (args, call, request) => runTool(definition, args as z.infer<Input>, call, request),
  };
}

async function runTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Definition<Input, Output>,
  input: z.infer<Input>,
  call: Call,
  request: ToolRequest,
): Promise<ToolResult> {
  if (tool.permission !== undefined && !hasPermission(call, tool.permission))
    return permissionRefusal(tool.permission, call);
  const missing = (tool.scopes ?? []).filter((scope) => !call.caller.scopes.has(scope));
  if (missing.length > 0) return scopeRefusal(missing, call);
  try {
    const result = await tool.run(input, toolContext(call, request));
    const { issues } = await tool.output['~standard'].validate(result);
    if (issues) throw new TypeError(`The result does not fit the output schema: ${JSON.stringify(issues)}`);
    return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result };
  } catch (error) {
    return failedResult(tool.name, error, call);
  }
}

/** For a token that cannot carry scopes; any other was refused with a challenge before. */
function scopeRefusal(missing: readonly string[], call: Call): ToolResult {
  deny(call, 'insufficient_scope');
  return errorResult(
    `This needs the scope "${missing.join(' ')}". The access token has no scope claim, so no consent can add it. The operator of this server can require a permission instead of the scope.`,
  );
}

function permissionRefusal(permission: string, call: Call): ToolResult {
  const needed = `This needs the permission "${permission}"`;
  if (call.permissions === 'unavailable') {
    fail(call, 'permission_unavailable');
    return errorResult(`${needed}, and WorkOS did not say whether you have it. Try again shortly.`);
  }
  deny(call, 'permission');
  return errorResult(
    call.permissions === 'no_organization'
      ? `${needed}, which a role in an organization gives. This client was not connected for an organization: connect it again and choose one.`
      : `${needed}, which your role does not have. An administrator can grant it.`,
  );
}

function failedResult(tool: string, error: unknown, call: Call): ToolResult {
  if (error instanceof ConfirmationNeededError)
    return inputRequired({
      inputRequests: {
        confirm: inputRequired.elicit({ message: error.message, requestedSchema: confirmation }),
      },
    });
  if (error instanceof ToolError) {
    fail(call, 'tool_error');
    return errorResult(error.message);
  }
  if (call.abortState.aborted) fail(call, 'ended');
  else {
    fail(call, 'internal');
    log('error', 'mcp.tool_failed', { tool, ...errorFields(error) });
  }
  const id = currentRequest()?.id;
  const where = id === undefined ? '' : ` under request ${id}`;
  return errorResult(
    `The tool failed on this server. Try again later. The cause is in the server log${where}.`,
  );
}

function errorResult(message: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: message }] };
}

/** Whether the client can ask the person, which it states in the envelope of 2026-07-28. */
function canAsk({ envelope }: ToolRequest): boolean {
  const meta: { [CLIENT_CAPABILITIES_META_KEY]?: { elicitation?: unknown } } | undefined = envelope;
  return meta?.[CLIENT_CAPABILITIES_META_KEY]?.elicitation !== undefined;
}

function toolContext(call: Call, request: ToolRequest): ToolContext {
  return {
    caller: call.caller,
    get signal() {
      return AbortSignal.any([call.signal, request.signal]);
    },
    async progress(done, total, message) {
      const progressToken = request._meta?.progressToken;
      if (progressToken === undefined) return;
      const params = { progressToken, progress: done, total, message };
      await request.notify({ method: 'notifications/progress', params });
    },
    confirm(question, agreed) {
      if (!canAsk(request)) {
        if (agreed === true) return;
        throw new ToolError(`${question} Ask the person, then call again with "confirm": true.`);
      }
      const answer = request.inputResponses?.confirm;
      if (answer === undefined) throw new ConfirmationNeededError(question);
      if (acceptedContent(request.inputResponses, 'confirm', confirmation)?.confirm !== true)
        throw new ToolError('The person did not agree, so nothing was changed.');
    },
    finishRevoked() {
      call.endsOwnAccess = true;
    },
  };
}
