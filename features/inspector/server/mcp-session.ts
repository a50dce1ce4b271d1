import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { CLIENT_INFO } from '#features/discovery/steps/messages.ts';
import type { Trace } from '#features/discovery/trace.ts';
import type { ClientKey } from '#lib/cimd/client-key.ts';
import { guardedTransportFetch, type Refusal } from './mcp-transport.ts';
import type { Problem } from './problems.ts';
import type { Session } from './sign-in/flow.ts';
import { stepUp } from './sign-in/step-up.ts';
import { refreshTokens } from './sign-in/token-request.ts';

export type McpSessionOptions = {
  trace: Trace;
  key?: ClientKey | undefined;
  /** Milliseconds since the epoch. */
  now?: number;
  /** `legacy` skips asking for the era. Default `auto`. */
  era?: 'auto' | 'legacy';
};

/** What came of using a session. `session` is what to keep from now on; undefined when it is of no use any more. */
export type McpOutcome<T> =
  | { value: T; session: Session; problems?: undefined; failure?: undefined }
  | { problems: readonly Problem[]; session: Session | undefined; value?: undefined; failure?: undefined }
  | {
      failure: { code?: number; message: string };
      session: Session;
      value?: undefined;
      problems?: undefined;
    };

/** Milliseconds before its expiry at which a token is refreshed rather than used. */
const EXPIRY_MARGIN = 10_000;
const REQUEST_TIMEOUT = 30_000;

/**
 * Connects to the server of a session with the official client, in the era it speaks, and runs `use`. Tokens are
 * refreshed when they end or are refused, once; a refusal that remains is explained by `problems`.
 *
 * @param operation - what `use` does, to count step-ups by
 */
export async function withMcpClient<T>(
  session: Session,
  operation: string,
  options: McpSessionOptions,
  use: (client: Client) => Promise<T>,
): Promise<McpOutcome<T>> {
  const { trace, key, now = Date.now() } = options;
  const state: { session: Session; problems: Problem[]; refusal?: Refusal | undefined } = {
    session,
    problems: [],
  };
  trace.masker.remember(session.tokens.accessToken);

  const refresh = async (): Promise<boolean> => {
    const outcome = await refreshTokens(trace, state.session, { key, now });
    if (outcome.problem) {
      if (state.session.tokens.refreshToken !== undefined) state.problems.push(outcome.problem);
      return false;
    }
    state.session = { ...state.session, tokens: outcome.tokens };
    return true;
  };
  const { expiresAt, refreshToken } = session.tokens;
  if (
    expiresAt !== undefined &&
    expiresAt - EXPIRY_MARGIN < now &&
    refreshToken !== undefined &&
    !(await refresh())
  )
    return { problems: state.problems, session: undefined };

  const transport = new StreamableHTTPClientTransport(new URL(session.target.serverUrl), {
    fetch: guardedTransportFetch(trace, {
      onProblem: (problem) => state.problems.push(problem),
      onAnswer: (refusal) => {
        state.refusal = refusal;
      },
    }),
    authProvider: {
      token: async () => state.session.tokens.accessToken,
      onUnauthorized: async () => {
        if (!(await refresh())) throw new Error('The access token was refused and could not be refreshed.');
      },
    },
    onInsufficientScope: 'throw',
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
  });
  const client = new Client(CLIENT_INFO, {
    versionNegotiation: { mode: options.era ?? 'auto' },
    // A schema is the server's text: its patterns are not run on the server's text here.
    jsonSchemaValidator: {
      getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
    },
  });
  try {
    await client.connect(transport, { timeout: REQUEST_TIMEOUT });
    return { value: await use(client), session: state.session };
  } catch (error) {
    return explain(error, state, operation);
  } finally {
    await client.close();
  }
}

function explain(
  error: unknown,
  {
    session,
    problems,
    refusal,
  }: { session: Session; problems: readonly Problem[]; refusal?: Refusal | undefined },
  operation: string,
): McpOutcome<never> {
  const told = [...problems];
  if (refusal?.status === 403 && refusal.error === 'insufficient_scope') {
    const needed = refusal.scopes;
    const next = stepUp(session, operation, needed, refusal.exchangeId);
    if (next.problem) return { problems: [next.problem], session };
    const granted = session.tokens.scopes ?? session.requested;
    return {
      problems: [{ reason: 'insufficient_scope', exchangeId: refusal.exchangeId, needed, granted }],
      session: { ...session, needed: { operation, scopes: needed } },
    };
  }
  if (refusal?.status === 401) {
    told.unshift({ reason: 'token_rejected', exchangeId: refusal.exchangeId, error: refusal.error });
    return { problems: told, session: undefined };
  }
  if (told.length > 0) return { problems: told, session };
  return { failure: failureOf(error), session };
}

function failureOf(error: unknown): { code?: number; message: string } {
  if (error instanceof ProtocolError) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? error.message : 'The request failed.' };
}
