import {
  type CallToolResult,
  type CompleteResult,
  type GetPromptResult,
  isSpecType,
  type ReadResourceResult,
  type Tool,
} from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { SessionSummary } from './messages.ts';
import { HEADER_NAME, HEADER_VALUE, refusedHeader } from './request-headers.ts';
import type { ServerView } from './server/server-view.ts';

const name = z.string().min(1).max(512);
const uri = z.string().min(1).max(4096);
const sealed = z.string().max(16_384);

const header = z.object({
  name: z
    .string()
    .regex(HEADER_NAME)
    .refine((value) => refusedHeader(value) === undefined),
  value: z.string().regex(HEADER_VALUE),
});

/** How a request is authorized. Tokens and headers that a person entered come with each request and are never stored. */
const authorization = z.discriminatedUnion('kind', [
  /** By the tokens of a sign-in, which a sealed cookie holds. */
  z.object({ kind: z.literal('session') }),
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('bearer'), token: z.string().regex(/^[\x21-\x7e]{1,8192}$/) }),
  z.object({ kind: z.literal('headers'), headers: z.array(header).max(20) }),
]);
export type Authorization = z.infer<typeof authorization>;

/** The answers of the person to what a server asked during a call (2026-07-28, multi round-trip requests). */
const answered = {
  inputResponses: z.record(z.string().max(256), z.record(z.string(), z.unknown())).optional(),
  requestState: z
    .string()
    .max(256 * 1024)
    .optional(),
};

const operation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('view') }),
  z.object({
    kind: z.literal('tool'),
    name,
    arguments: z.record(z.string(), z.unknown()),
    /** The tool as listed, so that arguments can be mirrored in headers where its definition says so. */
    definition: z.custom<Tool>(isSpecType.Tool).optional(),
    ...answered,
  }),
  z.object({ kind: z.literal('resource'), uri, ...answered }),
  z.object({ kind: z.literal('prompt'), name, arguments: z.record(z.string(), z.string()), ...answered }),
  /** Values that a server suggests for an argument of a prompt or a resource template. */
  z.object({
    kind: z.literal('complete'),
    reference: z.discriminatedUnion('type', [
      z.object({ type: z.literal('ref/prompt'), name }),
      z.object({ type: z.literal('ref/resource'), uri }),
    ]),
    argument: z.object({ name, value: z.string().max(4096) }),
    arguments: z.record(z.string(), z.string()),
  }),
  /** Receives notifications until it is cancelled. */
  z.object({ kind: z.literal('listen'), resources: z.array(uri).max(20) }),
  /** Answers a request that a server sent during a call in its session (2025-11-25 and earlier). */
  z.object({
    kind: z.literal('answer'),
    reply: sealed,
    action: z.enum(['accept', 'decline', 'cancel']),
    content: z.record(z.string(), z.unknown()).optional(),
  }),
]);
export type Operation = z.infer<typeof operation>;

/** One request to an MCP server. */
export const callRequest = z.object({
  server: z.string().min(1).max(2048),
  authorization,
  operation,
  /** How long the server may take for its answer, or from one report of progress to the next. */
  timeoutSeconds: z.int().min(1).max(240),
  /** `session` skips the negotiation and begins with `initialize`; `sse` does so with HTTP+SSE. */
  era: z.enum(['auto', 'session', 'sse']).default('auto'),
  /** The least severe log messages that the server should send. */
  logLevel: z
    .enum(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'])
    .optional(),
});
export type CallRequest = z.infer<typeof callRequest>;

/** What a server asks the person: for values, or to open a page. */
export type Elicitation =
  | { mode: 'form'; message: string; requestedSchema: unknown }
  | { mode: 'url'; message: string; url: string };

export type CallValue = ServerView | CallToolResult | ReadResourceResult | GetPromptResult | CompleteResult;

/** The outcome of a request. */
export type CallOutcome = {
  findings: readonly Finding[];
  result?: CallValue | undefined;
  /** The error that the server returned in place of a result. */
  failure?: { code?: number | undefined; message: string; data?: unknown } | undefined;
  /** What the server needs before it can answer: call again with `inputResponses` and `requestState`. */
  input?: { requests: Readonly<Record<string, Elicitation>>; requestState?: string | undefined } | undefined;
  /** Of a request with the tokens of a sign-in. Absent when that session has ended. */
  session?: SessionSummary | undefined;
  /** The tokens were replaced: the page asks to keep them. */
  renewed: boolean;
  /** Scopes that the request needs and the token lacks. `offer` begins a sign-in for them. */
  stepUp?: { needed: readonly string[]; granted: readonly string[]; offer?: string | undefined } | undefined;
  durationMs: number;
};

/** One line of the response to a request. */
export type CallEvent =
  | TraceEvent
  | { type: 'progress'; progress: number; total?: number | undefined; message?: string | undefined }
  | { type: 'notification'; at: number; method: string; params?: unknown }
  | { type: 'listening' }
  /** The server asks in its session and waits. `reply` belongs into an `answer`. */
  | { type: 'asked'; elicitation: Elicitation; reply: string }
  | { type: 'done'; outcome: CallOutcome };
