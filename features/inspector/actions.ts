'use server';

import type { z } from 'zod';
import {
  type Refusal,
  type ServerRequest,
  type SignInRequest,
  serverRequest,
  signInRequest,
} from './messages.ts';
import { authorizedContext } from './server/authorize.ts';
import { beginSignIn } from './server/begin-sign-in.ts';
import { completeSignIn } from './server/complete-sign-in.ts';
import type { InspectorContext } from './server/context.ts';
import { keepRenewedTokens, refreshSession } from './server/server-access.ts';
import { endSession } from './server/session.ts';

/** Begins a sign-in to an MCP server; the page then sends the browser to `url` of the answer. */
export async function signInToServer(request: SignInRequest) {
  return validated(signInRequest, request, beginSignIn);
}

/** Completes the sign-in whose callback this browser received. */
export async function finishSignIn() {
  return authorized(completeSignIn);
}

/** Refreshes the tokens of a session. */
export async function refresh(request: ServerRequest) {
  return validated(serverRequest, request, (context, { server }) => refreshSession(context, server));
}

/** Keeps the tokens that a request to the server of a session refreshed. */
export async function keepTokens(request: ServerRequest) {
  return validated(serverRequest, request, async (context, { server }) => {
    await keepRenewedTokens(context, server);
    return {};
  });
}

/** Deletes the tokens of a session. */
export async function disconnect(request: ServerRequest) {
  return validated(serverRequest, request, async (context, { server }) => {
    endSession(context, server);
    return {};
  });
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
