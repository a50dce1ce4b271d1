import {
  type CallToolResult,
  type GetPromptResult,
  isSpecType,
  type ReadResourceResult,
  type Tool,
} from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { ServerView } from './server/server-view.ts';

const name = z.string().min(1).max(512);
const offer = z.string().max(16_384);

/** Starts discovery for a URL. */
export const runRequest = z.object({ url: z.string().min(1).max(2048) });
export type RunRequest = z.infer<typeof runRequest>;

/** Begins a sign-in: as one of three kinds of client, or again with the scopes of a refused call. */
export const signInRequest = z.discriminatedUnion('as', [
  z.object({ as: z.literal('document'), offer }),
  z.object({ as: z.literal('registered'), offer }),
  z.object({
    as: z.literal('entered'),
    offer,
    clientId: z.string().trim().min(1).max(1024),
    clientSecret: z.string().max(512).optional(),
  }),
  z.object({ as: z.literal('step-up') }),
]);
export type SignInRequest = z.infer<typeof signInRequest>;

export const callToolRequest = z.object({
  name,
  arguments: z.record(z.string(), z.unknown()),
  /** The tool as listed, so that arguments can be mirrored in headers where its definition says so. */
  definition: z.custom<Tool>(isSpecType.Tool).optional(),
});
export type CallToolRequest = z.infer<typeof callToolRequest>;

export const readResourceRequest = z.object({ uri: z.string().min(1).max(4096) });
export type ReadResourceRequest = z.infer<typeof readResourceRequest>;

export const getPromptRequest = z.object({ name, arguments: z.record(z.string(), z.string()) });
export type GetPromptRequest = z.infer<typeof getPromptRequest>;

/** What the page may know about the inspector's session at a server: no token, no secret. */
export type SessionSummary = {
  serverUrl: string;
  resource: string;
  issuer: string;
  clientId: string;
  clientKind: 'document' | 'registered' | 'entered';
  scopes: readonly string[];
  /** Milliseconds since the epoch. */
  expiresAt?: number;
  canRefresh: boolean;
};

/** How to become a client of the authorization server that discovery found. */
export type SignInOffer = {
  /** The checked target, sealed for this user; the page sends it back unchanged. */
  sealed: string;
  issuer: string;
  resource: string;
  scopes: readonly string[];
  document: boolean;
  registration: boolean;
  /** Our own `client_id`, the URL of our client metadata document. */
  clientId: string;
};

/** One line of the response to a run. */
export type RunEvent = TraceEvent | { type: 'done'; findings: readonly Finding[]; offer?: SignInOffer };

/** The request was refused before it began. */
export type Refusal = { refused: MutationRefusal | 'invalid_request' };

type Answer = { exchanges: readonly Exchange[]; findings: readonly Finding[] };

/** Begins a sign-in. `url` is where to send the browser; absent when a finding says why not. */
export type SignInAnswer = Answer & { url?: string };

/** Completes a sign-in after the callback. `session` is absent when a finding says why not. */
export type CompleteAnswer = Answer & { session?: SessionSummary };

/** The outcome of a request to the server of the session. */
export type CallAnswer<Result extends CallResult = CallResult> = Answer & {
  result?: Result | undefined;
  /** The error that the server returned in place of a result. */
  failure?: { code?: number; message: string } | undefined;
  /** Absent when the session has ended. */
  session?: SessionSummary | undefined;
  /** Scopes that the request needs and the token lacks. */
  stepUp?: readonly string[] | undefined;
};
export type CallResult = ServerView | CallToolResult | ReadResourceResult | GetPromptResult;
