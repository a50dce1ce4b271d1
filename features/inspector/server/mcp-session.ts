import { type Client, type ClientOptions, ProtocolError, type Transport } from '@modelcontextprotocol/client';
import { looksLikeMcp } from '#features/discovery/steps/challenge.ts';
import type { Answer, Trace } from '#features/discovery/trace.ts';
import type { ClientKey } from '#lib/cimd/client-key.ts';
import {
  type Connection,
  connectByHttp,
  connectBySse,
  EndpointError,
  NoStreamError,
  type Place,
} from './connection.ts';
import { guardedTransportFetch, type Refusal } from './mcp-transport.ts';
import type { Problem } from './problems.ts';
import type { Session } from './sign-in/flow.ts';
import { stepUp } from './sign-in/step-up.ts';
import { refreshTokens, type TokenOutcome } from './sign-in/token-request.ts';

/** Access to a server without a sign-in here: with headers that a person entered, or none. */
export type DirectAccess = {
  serverUrl: string;
  headers: readonly (readonly [name: string, value: string])[];
};

type McpSessionOptions = {
  trace: Trace;
  key?: ClientKey | undefined;
  /** Refreshes the tokens of a session. Default: with one request, which other tabs do not know of. */
  refresh?: (session: Session) => Promise<TokenOutcome>;
  /** Milliseconds since the epoch. */
  now?: number;
  /** `legacy` skips the negotiation; `sse` is HTTP+SSE, which `auto` tries last. Default `auto`. */
  era?: 'auto' | 'legacy' | 'sse';
  /** Aborts the request; its reason can be a {@link NoAnswerError}. */
  signal?: AbortSignal;
  /** What the client can do for the server, in both eras. */
  capabilities?: ClientOptions['capabilities'];
  /** Called before the client connects, to register handlers. */
  onClient?: (client: Client, place: () => Place) => void;
  /** A session of the protocol (`initialize`) to go on with. */
  resume?: Place | undefined;
  standaloneStream?: boolean;
  /** Of one request over HTTP, from one part of its response to the next. */
  timeoutMs?: number;
};

/** The outcome of a request. `session` replaces the previous one; undefined when it has ended, or without one. */
export type McpOutcome<T> =
  | { value: T; session: Session | undefined; problems?: undefined; failure?: undefined }
  | {
      problems: readonly Problem[];
      session: Session | undefined;
      /** The scopes that another sign-in has to request. */
      needed?: readonly string[];
      value?: undefined;
      failure?: undefined;
    }
  | { failure: Failure; session: Session | undefined; value?: undefined; problems?: undefined };
type Failure = { code?: number; message: string; data?: unknown };

/** The server did not answer in time. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly seconds: number;
  constructor(seconds: number) {
    super(`No answer within ${seconds} seconds`);
    this.seconds = seconds;
  }
}

/** A token that expires within this time is refreshed before it is used. */
const EXPIRY_MARGIN_MS = 10_000;
/** Statuses of a POST by which a server can be one of HTTP+SSE (MCP 2025-11-25, Transports, Backwards Compatibility). */
const BEFORE_STREAMABLE_HTTP = [400, 404, 405];

/** Whether the access token of a session has expired, or will while a request is sent. */
export const isExpired = ({ tokens: { expiresAt, refreshToken } }: Session, now = Date.now()): boolean =>
  expiresAt !== undefined && expiresAt - EXPIRY_MARGIN_MS < now && refreshToken !== undefined;

/**
 * Connects to a server with the official SDK client, in the era that the server supports, and runs `request`. A server
 * that has no Streamable HTTP is tried with HTTP+SSE. The
 * tokens of a session are refreshed once, when they expire or are refused; `problems` explains a refusal that remains.
 *
 * @param operation - name of the request, by which step-ups are counted
 */
export async function withMcpClient<T>(
  access: Session | DirectAccess,
  operation: string,
  options: McpSessionOptions,
  request: (client: Client, transport: Transport, signal: AbortSignal) => Promise<T>,
): Promise<McpOutcome<T>> {
  const { trace, key, now = Date.now(), signal } = options;
  const session = 'tokens' in access ? access : undefined;
  const direct = 'tokens' in access ? undefined : access;
  const refreshSession = options.refresh ?? ((expired) => refreshTokens(trace, expired, { key, now }));
  const state: State = { session, problems: [], refusal: undefined };
  trace.masker.remember(session?.tokens.accessToken);
  for (const [name, value] of direct?.headers ?? []) trace.masker.rememberHeader(name, value);

  const refresh = async (): Promise<boolean> => {
    if (!state.session) return false;
    const outcome = await refreshSession(state.session);
    if (outcome.problem) {
      if (state.session.tokens.refreshToken !== undefined) state.problems.push(outcome.problem);
      return false;
    }
    state.session = { ...state.session, tokens: outcome.tokens };
    return true;
  };
  if (session && isExpired(session, now) && !(await refresh()))
    return { problems: state.problems, session: remaining(state) };

  const broken = new AbortController();
  const ends = AbortSignal.any([broken.signal, ...(options.signal ? [options.signal] : [])]);
  let absent = false;
  const events = {
    onProblem: (problem: Problem) => {
      state.problems.push(problem);
      // The transport takes a stream that broke for one that only ended.
      broken.abort();
    },
    onResponse: (refusal: Refusal | undefined, answer: Answer) => {
      state.refusal = refusal;
      absent = BEFORE_STREAMABLE_HTTP.includes(answer.response?.status ?? 0) && !looksLikeMcp(answer);
    },
  };
  const http = guardedTransportFetch(trace, events, options);
  const sse = guardedTransportFetch(trace, events, { ...options, sse: true });
  const url = serverUrlOf(access);
  const shared = {
    era: options.era === 'legacy' ? ('legacy' as const) : ('auto' as const),
    resume: options.resume,
    requestInit: direct && {
      headers: direct.headers.map(([name, value]): [string, string] => [name, value]),
    },
    authProvider: session && {
      token: async () => state.session?.tokens.accessToken,
      onUnauthorized: async () => {
        if (!(await refresh())) throw new Error('The access token was refused and could not be refreshed.');
      },
    },
    capabilities: options.capabilities,
    signal: ends,
    onClient: options.onClient,
  };
  const bySse = () =>
    connectBySse(url, sse.fetch, { ...shared, onEnd: () => events.onProblem({ reason: 'stream_ended' }) });
  const connect = async (): Promise<Connection> => {
    if (options.era === 'sse' && !options.resume) return bySse();
    try {
      return await connectByHttp(url, http.fetch, shared);
    } catch (error) {
      if (!absent || ends.aborted) throw error;
      try {
        return await bySse();
      } catch (second) {
        // Without the stream, what the first transport saw is what there is to say.
        if (!(second instanceof NoStreamError) || state.refusal) throw second;
        state.problems.length = 0;
        throw error;
      }
    }
  };
  let connection: Connection | undefined;
  try {
    connection = await connect();
    return {
      value: await request(connection.client, connection.transport, ends),
      session: state.session,
    };
  } catch (error) {
    return explain(signal?.aborted ? signal.reason : error, state, { operation, direct });
  } finally {
    await Promise.all([http.spoken(), sse.spoken()]);
    await connection?.close();
    await Promise.all([http.closed(), sse.closed()]);
  }
}

const serverUrlOf = (access: Session | DirectAccess): string =>
  'tokens' in access ? access.target.serverUrl : access.serverUrl;

type State = { session: Session | undefined; problems: Problem[]; refusal: Refusal | undefined };

/** The session after its token was refused and not refreshed. A refresh that got no answer can still succeed later. */
function remaining({ session, problems }: Pick<State, 'session' | 'problems'>) {
  return problems.some(({ reason }) => reason !== 'refresh_refused') ? session : undefined;
}

function explain(
  error: unknown,
  { session, problems, refusal }: State,
  { operation, direct }: { operation: string; direct: DirectAccess | undefined },
): McpOutcome<never> {
  const reported = [...problems];
  if (error instanceof EndpointError)
    return { problems: [{ reason: 'endpoint_refused', why: error.message }], session };
  if (error instanceof NoAnswerError)
    return { problems: [{ reason: 'no_answer', seconds: error.seconds }], session };
  if (refusal?.status === 403 && refusal.error === 'insufficient_scope') {
    const { scopes: needed, exchangeId } = refusal;
    if (!session)
      return {
        problems: [{ reason: 'insufficient_scope', exchangeId, needed, granted: [] }],
        session,
        needed,
      };
    const next = stepUp(session, operation, needed, exchangeId);
    if (next.problem) return { problems: [next.problem], session };
    const granted = session.tokens.scopes ?? session.requested;
    return { problems: [{ reason: 'insufficient_scope', exchangeId, needed, granted }], session, needed };
  }
  if (refusal && direct) {
    const { status, exchangeId, error: code } = refusal;
    const sent = direct.headers.length > 0 ? 'credentials' : 'nothing';
    return { problems: [{ reason: 'access_refused', exchangeId, status, error: code, sent }], session };
  }
  if (refusal?.status === 401) {
    reported.unshift({ reason: 'token_rejected', exchangeId: refusal.exchangeId, error: refusal.error });
    return { problems: reported, session: remaining({ session, problems }) };
  }
  if (reported.length > 0) return { problems: reported, session };
  return { failure: failureOf(error), session };
}

function failureOf(error: unknown): Failure {
  if (error instanceof ProtocolError) return { code: error.code, message: error.message, data: error.data };
  return { message: error instanceof Error ? error.message : 'The request failed.' };
}
