import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { CLIENT_INFO } from '#features/discovery/steps/messages.ts';
import type { Trace } from '#features/discovery/trace.ts';
import type { ClientKey } from '#lib/cimd/client-key.ts';
import { guardedTransportFetch, type Refusal } from './mcp-transport.ts';
import type { Problem } from './problems.ts';
import type { Session } from './sign-in/flow.ts';
import { stepUp } from './sign-in/step-up.ts';
import { refreshTokens, type TokenOutcome } from './sign-in/token-request.ts';

type McpSessionOptions = {
  trace: Trace;
  key?: ClientKey | undefined;
  /** Refreshes the tokens of a session. Default: with one request, which other tabs do not know of. */
  refresh?: (session: Session) => Promise<TokenOutcome>;
  /** Milliseconds since the epoch. */
  now?: number;
  /** `legacy` skips the negotiation. Default `auto`. */
  era?: 'auto' | 'legacy';
};

/** The outcome of a request. `session` replaces the previous one; undefined when the session has ended. */
export type McpOutcome<T> =
  | { value: T; session: Session; problems?: undefined; failure?: undefined }
  | { problems: readonly Problem[]; session: Session | undefined; value?: undefined; failure?: undefined }
  | {
      failure: { code?: number; message: string };
      session: Session;
      value?: undefined;
      problems?: undefined;
    };

/** A token that expires within this time is refreshed before it is used. */
const EXPIRY_MARGIN_MS = 10_000;
const CONNECT_TIMEOUT_MS = 30_000;

/**
 * Connects to the server of a session with the official SDK client, in the era that the server supports, and runs
 * `request`. Tokens are refreshed once, when they expire or are refused; `problems` explains a refusal that remains.
 *
 * @param operation - name of the request, by which step-ups are counted
 */
export async function withMcpClient<T>(
  session: Session,
  operation: string,
  options: McpSessionOptions,
  request: (client: Client) => Promise<T>,
): Promise<McpOutcome<T>> {
  const { trace, key, now = Date.now() } = options;
  const refreshSession = options.refresh ?? ((expired) => refreshTokens(trace, expired, { key, now }));
  const state: { session: Session; problems: Problem[]; refusal?: Refusal | undefined } = {
    session,
    problems: [],
  };
  trace.masker.remember(session.tokens.accessToken);

  const refresh = async (): Promise<boolean> => {
    const outcome = await refreshSession(state.session);
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
    expiresAt - EXPIRY_MARGIN_MS < now &&
    refreshToken !== undefined &&
    !(await refresh())
  )
    return { problems: state.problems, session: remaining(state) };

  const transport = new StreamableHTTPClientTransport(new URL(session.target.serverUrl), {
    fetch: guardedTransportFetch(trace, {
      onProblem: (problem) => state.problems.push(problem),
      onResponse: (refusal) => {
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
    // Schemas are untrusted: a pattern of the server must not run on a text of the server (ReDoS).
    jsonSchemaValidator: {
      getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
    },
  });
  try {
    await client.connect(transport, { timeout: CONNECT_TIMEOUT_MS });
    return { value: await request(client), session: state.session };
  } catch (error) {
    return explain(error, state, operation);
  } finally {
    await client.close();
  }
}

/** The session after its token was refused and not refreshed. A refresh that got no answer can still succeed later. */
function remaining({ session, problems }: { session: Session; problems: readonly Problem[] }) {
  return problems.some(({ reason }) => reason !== 'refresh_refused') ? session : undefined;
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
  const reported = [...problems];
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
    reported.unshift({ reason: 'token_rejected', exchangeId: refusal.exchangeId, error: refusal.error });
    return { problems: reported, session: remaining({ session, problems }) };
  }
  if (reported.length > 0) return { problems: reported, session };
  return { failure: failureOf(error), session };
}

function failureOf(error: unknown): { code?: number; message: string } {
  if (error instanceof ProtocolError) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? error.message : 'The request failed.' };
}
