import type { InputRequiredResult, Progress } from '@modelcontextprotocol/client';
import { Trace } from '#features/discovery/trace.ts';
import type { CallEvent, CallOutcome, CallRequest, CallValue } from '../call-messages.ts';
import { VIEW_CAPABILITY } from '../views/view.ts';
import { exchangePrefix, type InspectorContext } from './context.ts';
import { elicitationOf, inputAsked, openReply, sealReply, urlsAsked } from './elicitation.ts';
import { listen } from './listen.ts';
import { type DirectAccess, type McpOutcome, withMcpClient } from './mcp-session.ts';
import { needsInput, operationName, perform } from './operation.ts';
import { Patience } from './patience.ts';
import { type Problem, problemFinding } from './problems.ts';
import { refreshOnce } from './refresh-once.ts';
import { seal } from './seal.ts';
import { accessTo } from './server-access.ts';
import { summarize } from './session.ts';
import type { Session, StepUpOffer } from './sign-in/flow.ts';

/** The longest call and stream of notifications. */
const MAX_CALL_MS = 600_000;
/** From one part of a response to the next. The time that a person sets ends a call before. */
const MAX_SILENCE_MS = 300_000;
const ERAS = { auto: 'auto', session: 'legacy', sse: 'sse' } as const;
/** How long a person may take to consent to more scopes. */
const OFFER_LIFETIME_SECONDS = 1_800;

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
  const reply = operation.kind === 'answer' ? await openReply(context, operation.reply) : undefined;
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
      era: era === 'auto' && reply ? 'legacy' : ERAS[era],
      resume: reply,
      signal: ends,
      timeoutMs: MAX_SILENCE_MS,
      standaloneStream: operation.kind === 'listen',
      capabilities: { elicitation: { form: {}, url: {} }, ...VIEW_CAPABILITY },
      onClient: (client, place) => {
        client.fallbackNotificationHandler = async ({ method, params }) => {
          patience.restart();
          onEvent({ type: 'notification', at: Date.now(), method, params: trace.masker.value(params) });
        };
        client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => {
          patience.end();
          const from = { ...place(), serverUrl: request.server, requestId: mcpReq.id };
          onEvent({
            type: 'asked',
            elicitation: elicitationOf(params),
            reply: await sealReply(context, from),
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
  return { ...shared, ...inputAsked(value) };
}
