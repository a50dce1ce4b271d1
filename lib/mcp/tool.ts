import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  type McpServer,
  type ServerContext,
  type ToolAnnotations,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Caller } from '#lib/oauth/caller.ts';
import { BASE_SCOPES, type Scope } from '#lib/oauth/scopes.ts';
import { errorFields, log } from '#lib/observability/log.ts';
import { currentRequest } from '#lib/observability/request.ts';
import type { Call } from './call.ts';
import { preparedSchema } from './precomputed-schema.ts';

/** What a tool knows about the call it serves. */
export type ToolContext = {
  caller: Caller;
  /** Aborted when the client cancels or goes away; long work stops then. */
  signal: AbortSignal;
  /** Tells a client that asked for progress how far the work is; `done` counts up to `total`. */
  progress(done: number, total: number, message?: string): Promise<void>;
  /**
   * Whether the person agreed to `question`: asked through the protocol where the client can do so (MCP
   * elicitation), else `agreed`, which the tool takes from an argument.
   *
   * @throws {ToolError} when the person did not agree, or cannot be asked and `agreed` is not true
   */
  confirm(question: string, agreed: boolean | undefined): void;
};

/** A failure that the model and the person should read: says what was wrong and what to do. */
export class ToolError extends Error {
  readonly code = 'tool_error';
}

class ConfirmationNeededError extends Error {}

type Definition<Input extends z.ZodObject, Output extends z.ZodObject> = {
  name: string;
  title: string;
  description: string;
  input: Input;
  output: Output;
  annotations: ToolAnnotations;
  /** Scopes needed besides the base scopes; a token without them gets 403 `insufficient_scope`. */
  scopes?: readonly Scope[];
  /** Permission (role) needed; people without it do not see the tool. */
  permission?: string;
  run(input: z.infer<Input>, context: ToolContext): Promise<z.infer<Output>> | z.infer<Output>;
};

/** A tool as the server uses it; {@link defineTool} makes one. */
export type Tool = {
  name: string;
  permission: string | undefined;
  /** Offers the tool on a server made for one call. */
  register(server: McpServer, call: Call): void;
  /**
   * Starts the tool without a server. Undefined, and nothing is started, when the arguments do not fit the input schema
   * at once, when the caller lacks a scope, or when the schema maps arguments to headers: the SDK has the answers then.
   */
  start(args: unknown, call: Call, request: ToolRequest): ToolResult | Promise<ToolResult> | undefined;
};

/** What a tool's call can ask of the protocol; the SDK gives all of it, a call served directly only the envelope. */
export type ToolRequest = Partial<
  Pick<ServerContext['mcpReq'], '_meta' | 'inputResponses' | 'notify' | 'signal'>
> & { envelope?: object | undefined };

export type ToolResult = CallToolResult | InputRequiredResult;

const confirmation = z.object({ confirm: z.boolean().describe('Go ahead?') });

/** Whether the person's role shows them this tool. */
export function isVisible(tool: Tool, caller: Caller): boolean {
  return tool.permission === undefined || caller.permissions.has(tool.permission);
}

/**
 * Makes a tool from its definition. Call it at module level: zod compiles a schema when it is built, and built
 * there it is built once.
 */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Definition<Input, Output>,
): Tool {
  const { name, title, description, input, output, annotations, permission } = definition;
  const scopes = [...BASE_SCOPES, ...(definition.scopes ?? [])] as [string, ...string[]];
  const config = {
    title,
    description,
    inputSchema: preparedSchema(input),
    outputSchema: preparedSchema(output),
    annotations,
  };
  const hasScopes = ({ caller }: Call) => scopes.every((scope) => caller.scopes.has(scope));
  const mapsHeaders = JSON.stringify(config.inputSchema['~standard'].jsonSchema.input()).includes(
    'x-mcp-header',
  );
  return {
    name,
    permission,
    register(server, call) {
      const scopeChallenge = () => (hasScopes(call) ? undefined : { scopes });
      server.registerTool(name, { ...config, scopeChallenge }, ((
        args: z.infer<Input>,
        { mcpReq }: ServerContext,
      ) => runTool(definition, args, call, mcpReq)) as never);
    },
    start(args, call, request) {
      if (mapsHeaders || !hasScopes(call)) return undefined;
      const parsed = input['~standard'].validate(args);
      if (parsed instanceof Promise) {
        // The SDK asks the schema again, and tells the client what is wrong.
        parsed.catch(() => undefined);
        return undefined;
      }
      if (parsed.issues) return undefined;
      return runTool(definition, parsed.value, call, request);
    },
  };
}

/** A tool that answers at once is answered at once: what nothing waits for need not be watched. */
function runTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Definition<Input, Output>,
  input: z.infer<Input>,
  call: Call,
  request: ToolRequest,
): ToolResult | Promise<ToolResult> {
  if (tool.permission !== undefined && !call.caller.permissions.has(tool.permission)) {
    call.outcome = 'denied';
    call.reason = 'permission';
    return failure(
      `This needs the permission "${tool.permission}", which your role does not have. An administrator can grant it.`,
    );
  }
  const failed = (error: unknown) => failedResult(tool.name, error, call);
  try {
    const result = tool.run(input, toolContext(call, request));
    const checked = isPromise(result)
      ? Promise.resolve(result).then((value) => checkedResult(tool.output, value))
      : checkedResult(tool.output, result);
    return checked instanceof Promise ? checked.catch(failed) : checked;
  } catch (error) {
    return failed(error);
  }
}

/** Also of promises that are not the language's own, such as a query of the database. */
function isPromise<T extends object>(result: T | Promise<T>): result is Promise<T> {
  return 'then' in result && typeof result.then === 'function';
}

function checkedResult<Output extends z.ZodObject>(
  output: Output,
  result: z.infer<Output>,
): CallToolResult | Promise<CallToolResult> {
  const answer = ({ issues }: { issues?: unknown }): CallToolResult => {
    if (issues) throw new TypeError(`The result does not fit the output schema: ${JSON.stringify(issues)}`);
    return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result };
  };
  const checking = output['~standard'].validate(result);
  return checking instanceof Promise ? checking.then(answer) : answer(checking);
}

function failedResult(tool: string, error: unknown, call: Call): ToolResult {
  if (error instanceof ConfirmationNeededError)
    return inputRequired({
      inputRequests: {
        confirm: inputRequired.elicit({ message: error.message, requestedSchema: confirmation }),
      },
    });
  call.outcome = 'failed';
  call.reason = error instanceof ToolError ? 'tool_error' : call.abortState.aborted ? 'ended' : 'internal';
  if (error instanceof ToolError) return failure(error.message);
  if (!call.abortState.aborted) log('error', 'mcp.tool_failed', { tool, ...errorFields(error) });
  const served = currentRequest();
  const where = served === undefined ? '' : ` under request ${served.id}`;
  return failure(
    `The tool failed on this server. Try again later; its operator finds the cause in the log${where}.`,
  );
}

function failure(message: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: message }] };
}

/** Whether a client says (in the envelope of 2026-07-28) that it can put a question to the person. */
function canAskThePerson(envelope: object | undefined): boolean {
  const meta: { [CLIENT_CAPABILITIES_META_KEY]?: { elicitation?: unknown } } | undefined = envelope;
  return meta?.[CLIENT_CAPABILITIES_META_KEY]?.elicitation !== undefined;
}

function toolContext(call: Call, request: ToolRequest): ToolContext {
  return {
    caller: call.caller,
    get signal() {
      return request.signal === undefined ? call.signal : AbortSignal.any([call.signal, request.signal]);
    },
    async progress(done, total, message) {
      const progressToken = request._meta?.progressToken;
      if (progressToken === undefined) return;
      const params = { progressToken, progress: done, total, ...(message === undefined ? {} : { message }) };
      await request.notify?.({ method: 'notifications/progress', params });
    },
    confirm(question, agreed) {
      if (!canAskThePerson(request.envelope)) {
        if (agreed === true) return;
        throw new ToolError(`${question} Ask the person, then call again with "confirm": true.`);
      }
      const answer = request.inputResponses?.confirm;
      if (answer === undefined) throw new ConfirmationNeededError(question);
      if (acceptedContent(request.inputResponses, 'confirm', confirmation)?.confirm !== true)
        throw new ToolError('The person did not agree, so nothing was changed.');
    },
  };
}
