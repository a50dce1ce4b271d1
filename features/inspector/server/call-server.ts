import {
  type Client,
  type ElicitRequestParams,
  type InputRequiredResult,
  type Progress,
  ProtocolErrorCode,
} from '@modelcontextprotocol/client';
import { serverUrlProblem } from '#features/discovery/steps/urls.ts';
import { Trace } from '#features/discovery/trace.ts';
import { isObject } from '#lib/text/json.ts';
import type { CallEvent, CallOutcome, CallRequest, CallValue, Elicitation } from '../call-messages.ts';
import type { RefreshAnswer } from '../messages.ts';
import { exchangePrefix, type InspectorContext, userTrace } from './context.ts';
import {
  type DirectAccess,
  isExpired,
  type McpOutcome,
  NoAnswerError,
  withMcpClient,
} from './mcp-session.ts';
import { needsInput, operationName, perform } from './operation.ts';
import { type Problem, problemFinding } from './problems.ts';
import { newestTokens, refreshOnce } from './refresh-once.ts';
import { seal, unseal } from './seal.ts';
import { endSession, readSession, summarize, writeSession } from './session.ts';
import type { Session, StepUpOffer } from './sign-in/flow.ts';

/** The longest call and stream of notifications. */
const MAX_CALL_MS = 600_000;
/** From one part of a response to the next. The time that a person sets ends a call before. */
const MAX_SILENCE_MS = 300_000;
/** How long a person may take to consent to more scopes, or to answer a question of a server. */
const OFFER_LIFETIME_SECONDS = 1_800;

/** Where an answer of the person belongs. Sealed: an answer goes only where the question came from. */
type Reply = {
  serverUrl: string;
  sessionId: string | undefined;
  protocolVersion: string | undefined;
  requestId: string | number;
};

/**
 * Prepares one request to an MCP server. Tokens that have expired are refreshed here, while the response to the browser
 * can still set cookies.
 *
 * @param onEvent - gets what happens, and `done` last
 * @returns runs the request until it is answered or `signal` aborts
 */
export async function prepareCall(
  context: InspectorContext,
  request: CallRequest,
  onEvent: (event: CallEvent) => void,
): Promise<(signal: AbortSignal) => Promise<void>> {
  const { config, fetch, user } = context;
  const trace = new Trace({
    fetch,
    allowLoopback: config.loopback,
    limitKey: user.id,
    idPrefix: exchangePrefix(),
    onEvent,
  });
  const access = await accessTo(context, request, trace);
  return async (signal) => {
    const outcome =
      'problem' in access
        ? refused([access.problem], access.session)
        : await run(context, request, { access, trace, onEvent, signal });
    // A server can echo credentials anywhere.
    const { findings, result, failure, input, ...rest } = outcome;
    onEvent({
      type: 'done',
      outcome: { ...rest, ...trace.masker.value({ findings, result, failure, input }) },
    });
  };
}

const refused = (problems: readonly Problem[], session?: Session): CallOutcome => ({
  findings: problems.map(problemFinding),
  session: session && summarize(session),
  renewed: false,
  durationMs: 0,
});

/** `session` is set when it can still be used later. */
type NoAccess = { problem: Problem; session?: Session };

async function accessTo(
  context: InspectorContext,
  { server, authorization }: CallRequest,
  trace: Trace,
): Promise<Session | DirectAccess | NoAccess> {
  const problem = serverUrlProblem(server, context.config.loopback);
  if (problem) return { problem };
  switch (authorization.kind) {
    case 'none':
      return { serverUrl: server, headers: [] };
    case 'bearer':
      return { serverUrl: server, headers: [['authorization', `Bearer ${authorization.token}`]] };
    case 'headers':
      return { serverUrl: server, headers: authorization.headers.map(({ name, value }) => [name, value]) };
    case 'session': {
      const session = await readSession(context, server);
      if (!session) return { problem: { reason: 'session_expired' } };
      if (!isExpired(session)) return session;
      trace.masker.remember(session.tokens.accessToken);
      const outcome = await refreshOnce(context, trace, session);
      if (outcome.problem) {
        if (outcome.problem.reason !== 'refresh_refused') return { problem: outcome.problem, session };
        endSession(context, server);
        return { problem: outcome.problem };
      }
      const refreshed = { ...session, tokens: outcome.tokens };
      await writeSession(context, refreshed);
      return refreshed;
    }
  }
}

type Run = {
  access: Session | DirectAccess;
  trace: Trace;
  onEvent: (event: CallEvent) => void;
  signal: AbortSignal;
};

async function run(
  context: InspectorContext,
  request: CallRequest,
  { access, trace, onEvent, signal }: Run,
): Promise<CallOutcome> {
  const { operation, timeoutSeconds, era, logLevel } = request;
  const reply =
    operation.kind === 'answer' ? await unseal<Reply>(context, operation.reply, 'reply') : undefined;
  if (operation.kind === 'answer' && reply?.serverUrl !== request.server)
    return refused([{ reason: 'question_expired' }]);
  const patience = new Patience(operation.kind === 'listen' ? undefined : timeoutSeconds);
  const ends = AbortSignal.any([signal, patience.signal, AbortSignal.timeout(MAX_CALL_MS)]);
  let started = performance.now();
  const outcome = await withMcpClient<CallValue | InputRequiredResult | undefined>(
    access,
    operationName(operation),
    {
      trace,
      refresh: (expired) => refreshOnce(context, trace, expired),
      era: era === 'session' || reply ? 'legacy' : 'auto',
      resume: reply,
      signal: ends,
      timeoutMs: MAX_SILENCE_MS,
      standaloneStream: operation.kind === 'listen',
      capabilities: { elicitation: { form: {}, url: {} } },
      onClient: (client, transport) => {
        client.fallbackNotificationHandler = async ({ method, params }) => {
          patience.restart();
          onEvent({ type: 'notification', at: Date.now(), method, params: trace.masker.value(params) });
        };
        client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => {
          patience.end();
          const { sessionId, protocolVersion } = transport;
          const from: Reply = { serverUrl: request.server, sessionId, protocolVersion, requestId: mcpReq.id };
          const offer = { kind: 'reply', lifetimeSeconds: OFFER_LIFETIME_SECONDS } as const;
          onEvent({
            type: 'asked',
            elicitation: elicitationOf(params),
            reply: await seal(context, from, offer),
          });
          // The page sends the answer in a request of its own, which another process may serve.
          const { promise, reject } = Promise.withResolvers<never>();
          mcpReq.signal.addEventListener('abort', () => reject(mcpReq.signal.reason));
          return promise;
        });
      },
    },
    async (client, transport, stops) => {
      started = performance.now();
      if (operation.kind === 'answer') {
        const { action, content } = operation;
        const result = { action, ...(content && { content }) };
        await transport.send({ jsonrpc: '2.0', id: reply?.requestId ?? 0, result });
        return undefined;
      }
      if (operation.kind === 'listen') {
        await listen(client, operation.resources, stops, () => onEvent({ type: 'listening' }));
        return undefined;
      }
      const options = {
        signal: stops,
        timeout: MAX_CALL_MS,
        onprogress: ({ progress, total, message }: Progress) => {
          patience.restart();
          onEvent({ type: 'progress', progress, total, message: trace.masker.value(message) });
        },
      };
      return perform(client, operation, options, logLevel);
    },
  );
  patience.end();
  return {
    ...(await outcomeOf(context, request, outcome, access)),
    durationMs: Math.max(0, Math.round(performance.now() - started)),
  };
}

/** Receives notifications until `signal` aborts or the server ends the stream. */
async function listen(
  client: Client,
  resources: readonly string[],
  signal: AbortSignal,
  onListening: () => void,
): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve());
  if (signal.aborted) return;
  const offered = client.getServerCapabilities() ?? {};
  if (client.getProtocolEra() === 'modern') {
    const subscription = await client.listen(
      {
        toolsListChanged: offered.tools?.listChanged,
        promptsListChanged: offered.prompts?.listChanged,
        resourcesListChanged: offered.resources?.listChanged,
        ...(resources.length > 0 && { resourceSubscriptions: [...resources] }),
      },
      { signal },
    );
    onListening();
    await subscription.closed;
    return;
  }
  for (const uri of resources) await client.subscribeResource({ uri }, { signal });
  onListening();
  await aborted;
}

async function outcomeOf(
  context: InspectorContext,
  request: CallRequest,
  outcome: McpOutcome<CallValue | InputRequiredResult | undefined>,
  access: Session | DirectAccess,
): Promise<Omit<CallOutcome, 'durationMs'>> {
  const { value, failure, problems = [], session } = outcome;
  const before = 'tokens' in access ? access : undefined;
  const shared = {
    findings: problems.map(problemFinding),
    session: session && summarize(session),
    renewed: session !== undefined && session.tokens.accessToken !== before?.tokens.accessToken,
  };
  if (failure) {
    const input = urlsAsked(failure);
    return { ...shared, failure: input ? undefined : failure, input };
  }
  const lacking = problems.find((problem) => problem.reason === 'insufficient_scope');
  if (lacking) {
    const offer: StepUpOffer | undefined = session && {
      serverUrl: request.server,
      operation: operationName(request.operation),
      scopes: lacking.needed,
    };
    const options = { kind: 'step-up', lifetimeSeconds: OFFER_LIFETIME_SECONDS } as const;
    const sealed = offer && (await seal(context, offer, options));
    return { ...shared, stepUp: { needed: lacking.needed, granted: lacking.granted, offer: sealed } };
  }
  if (value === undefined || !needsInput(value)) return { ...shared, result: value };
  const asked = Object.entries(value.inputRequests ?? {});
  const other = asked.find(([, { method }]) => method !== 'elicitation/create')?.[1];
  if (other)
    return {
      ...shared,
      failure: { message: `The server asks for ${other.method}, which a person cannot answer.` },
    };
  const requests = Object.fromEntries(
    asked.map(([name, { params }]) => [name, elicitationOf(params as ElicitRequestParams)]),
  );
  return { ...shared, input: { requests, requestState: value.requestState } };
}

function elicitationOf(params: ElicitRequestParams): Elicitation {
  return params.mode === 'url'
    ? { mode: 'url', message: params.message, url: params.url }
    : { mode: 'form', message: params.message, requestedSchema: params.requestedSchema };
}

/** What the error of 2025-11-25 asks the person to open (-32042): the request is then sent again. */
function urlsAsked({ code, data }: NonNullable<McpOutcome<unknown>['failure']>): CallOutcome['input'] {
  if (code !== ProtocolErrorCode.UrlElicitationRequired || !isObject(data)) return undefined;
  const list = Array.isArray(data.elicitations) ? data.elicitations.filter(isObject).slice(0, 10) : [];
  const requests = list.map(({ message, url }, index) => [
    `url${index + 1}`,
    { mode: 'url', message: String(message), url: String(url) } satisfies Elicitation,
  ]);
  return requests.length === 0 ? undefined : { requests: Object.fromEntries(requests) };
}

/** Aborts when the server is silent for too long. */
class Patience {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param seconds - undefined waits for ever */
  constructor(seconds: number | undefined) {
    if (seconds === undefined) return;
    this.#timer = setTimeout(() => this.#abort.abort(new NoAnswerError(seconds)), seconds * 1000);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  restart(): void {
    if (!this.#ended) this.#timer?.refresh();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}

/** Refreshes the tokens of a session. A refused refresh token ends it. */
export async function refreshSession(context: InspectorContext, serverUrl: string): Promise<RefreshAnswer> {
  const trace = userTrace(context);
  const session = await readSession(context, serverUrl);
  if (!session) return { exchanges: [], findings: [problemFinding({ reason: 'session_expired' })] };
  trace.masker.remember(session.tokens.accessToken);
  const outcome = await refreshOnce(context, trace, session);
  const { exchanges } = trace;
  if (!outcome.problem) {
    const refreshed = { ...session, tokens: outcome.tokens };
    await writeSession(context, refreshed);
    return { exchanges, findings: [], session: summarize(refreshed) };
  }
  const ended = outcome.problem.reason === 'refresh_refused';
  if (ended) endSession(context, serverUrl);
  const findings = [problemFinding(outcome.problem)];
  return { exchanges, findings, session: ended ? undefined : summarize(session) };
}

/** Keeps the tokens that a request refreshed while its response was on its way, when no cookie can be set any more. */
export async function keepRenewedTokens(context: InspectorContext, serverUrl: string): Promise<void> {
  const session = await readSession(context, serverUrl);
  if (session) await writeSession(context, { ...session, tokens: await newestTokens(context, session) });
}
