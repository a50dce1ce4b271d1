'use server';

import type { z } from 'zod';
import {
  type CallToolRequest,
  callToolRequest,
  type GetPromptRequest,
  getPromptRequest,
  type ReadResourceRequest,
  type Refusal,
  readResourceRequest,
  type SignInRequest,
  signInRequest,
} from './messages.ts';
import { authorizedContext } from './server/authorize.ts';
import { beginSignIn } from './server/begin-sign-in.ts';
import { callServer, refreshSession } from './server/call-server.ts';
import { completeSignIn } from './server/complete-sign-in.ts';
import type { InspectorContext } from './server/context.ts';
import { viewServer } from './server/server-view.ts';
import { endSession } from './server/session.ts';

/** Begins a sign-in to an MCP server; the page then sends the browser to `url` of the answer. */
export async function signInToServer(request: SignInRequest) {
  return validated(signInRequest, request, beginSignIn);
}

/** Completes the sign-in whose callback this browser received. */
export async function finishSignIn() {
  return authorized(completeSignIn);
}

/** Reads the capabilities of the server of the session. */
export async function connect() {
  return authorized((context) => callServer(context, 'view', viewServer));
}

/** Refreshes the tokens of the session. */
export async function refresh() {
  return authorized(refreshSession);
}

/** Deletes the tokens of the session. */
export async function disconnect() {
  return authorized(async (context) => {
    endSession(context);
    return {};
  });
}

export async function callTool(request: CallToolRequest) {
  return validated(callToolRequest, request, (context, { name, arguments: args, definition }) =>
    callServer(context, `call-tool ${name}`, (client) =>
      client.callTool({ name, arguments: args }, definition && { toolDefinition: definition }),
    ),
  );
}

export async function readResource(request: ReadResourceRequest) {
  return validated(readResourceRequest, request, (context, { uri }) =>
    callServer(context, 'read-resource', (client) => client.readResource({ uri })),
  );
}

export async function getPrompt(request: GetPromptRequest) {
  return validated(getPromptRequest, request, (context, { name, arguments: args }) =>
    callServer(context, `get-prompt ${name}`, (client) => client.getPrompt({ name, arguments: args })),
  );
}

async function authorized<Answer>(
  handle: (context: InspectorContext) => Promise<Answer>,
): Promise<Answer | Refusal> {
  const context = await authorizedContext();
  return typeof context === 'string' ? { refused: context } : handle(context);
}

/** The types of an action say nothing about what a request contains: any client can send one. */
async function validated<Request, Answer>(
  schema: z.ZodType<Request>,
  request: Request,
  handle: (context: InspectorContext, request: Request) => Promise<Answer>,
): Promise<Answer | Refusal> {
  return authorized<Answer | Refusal>(async (context) => {
    const { success, data } = schema.safeParse(request);
    return success ? handle(context, data) : { refused: 'invalid_request' };
  });
}
