import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Config } from '#lib/config/env.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { countCall, countRejection, SCOPE } from '#lib/observability/counters.ts';
import { errorFields, log } from '#lib/observability/log.ts';
import { type CurrentRequest, requestIdFor, runRequest } from '#lib/observability/request.ts';
import { isMeasured } from '#lib/observability/telemetry.ts';
import { readTraceContext } from '#lib/observability/trace-context.ts';
import type { Schedule } from '#lib/server/schedule.ts';
import type { Call } from './call.ts';
import { requestMeta } from './operation.ts';
import { rpcError } from './rpc-error.ts';
import { tools } from './tools/index.ts';

const TOOLS = new Set(tools.map(({ name }) => name));
const METHODS =
  /^(batch|initialize|ping|server\/discover|subscriptions\/listen|completion\/complete|tools\/(list|call)|prompts\/(list|get)|resources\/(list|read|templates\/list)|notifications\/(initialized|cancelled|progress))$/;
/** Replaces every unknown name: clients must not choose the names of spans and counters. */
const OTHER = '_OTHER';

const REASONS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  403: 'origin',
  405: 'method_not_allowed',
  408: 'body_timeout',
  413: 'too_large',
  415: 'media_type',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** The span and the counters of one request. */
export class CallSpan {
  /** Why the request was refused before it became a call. */
  rejection: string | undefined;
  readonly #current: CurrentRequest;
  #call: Call | undefined;

  constructor(current: CurrentRequest) {
    this.#current = current;
  }

  /** Starts the span of a call, in the trace that the body names. */
  start(call: Call, body: unknown): void {
    this.#call = call;
    if (isMeasured()) this.#current.span = this.#startSpan(body);
  }

  /** Runs `work` with the span as the parent of every span that it starts. */
  run<Result>(work: () => Result): Result {
    const { span } = this.#current;
    return span === undefined ? work() : context.with(trace.setSpan(context.active(), span), work);
  }

  /** Ends the span and counts the request, after the response. */
  finish(status: number): void {
    const { outcome, reason } = this.#call ?? { outcome: 'denied', reason: undefined };
    const span = this.#current.span ?? this.#startSpan(undefined);
    const refusal =
      outcome === 'denied' ? (reason ?? this.rejection ?? REASONS[status] ?? String(status)) : undefined;
    span.setAttributes({
      'http.response.status_code': status,
      'app.outcome': outcome,
      'app.request.id': this.#current.id,
      ...(refusal !== undefined && { 'app.rejection.reason': refusal }),
      ...(outcome !== 'allowed' && { 'error.type': refusal ?? reason ?? OTHER }),
    });
    if (outcome === 'failed' || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    if (refusal !== undefined) countRejection(refusal);
    if (this.#call !== undefined)
      countCall(
        { ...boundedAttributes(this.#call), 'app.outcome': outcome },
        (Date.now() - this.#current.startedAt) / 1000,
      );
  }

  /** Joins the trace that a client sends, with a link to the span of the HTTP request. */
  #startSpan(body: unknown): Span {
    const meta = requestMeta(body);
    const remote = readTraceContext(meta?.traceparent, meta?.tracestate);
    const here = trace.getSpanContext(context.active());
    const options = {
      kind: SpanKind.SERVER,
      startTime: this.#current.startedAt,
      attributes: this.#call === undefined ? {} : spanAttributes(this.#call),
      ...(remote !== undefined && here !== undefined && { links: [{ context: here }] }),
    };
    const parent = remote === undefined ? context.active() : trace.setSpanContext(ROOT_CONTEXT, remote);
    return trace
      .getTracer(SCOPE)
      .startSpan(this.#call === undefined ? 'mcp' : spanName(this.#call), options, parent);
  }
}

/** Method, tool and era of a call, from fixed sets. */
function boundedAttributes({ operation: { method, tool, protocolVersion = '' } }: Call): Attributes {
  return {
    'mcp.method.name': METHODS.test(method) ? method : OTHER,
    ...(tool !== undefined && { 'gen_ai.tool.name': TOOLS.has(tool) ? tool : OTHER }),
    'app.mcp.era': protocolVersion >= '2026' ? 'modern' : 'legacy',
  };
}

/** Attributes of the semantic conventions for MCP; never arguments, results or tokens. */
function spanAttributes(call: Call): Attributes {
  const { tool, protocolVersion } = call.operation;
  return {
    ...boundedAttributes(call),
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'app.connection.id': connectionKey(call.caller),
    ...(tool !== undefined && { 'gen_ai.operation.name': 'execute_tool' }),
    ...(protocolVersion !== undefined && { 'mcp.protocol.version': protocolVersion }),
  };
}

function spanName(call: Call): string {
  const bounded = boundedAttributes(call);
  const tool = bounded['gen_ai.tool.name'];
  return tool === undefined ? String(bounded['mcp.method.name']) : `${bounded['mcp.method.name']} ${tool}`;
}

/**
 * Runs `respond` under a request id, which is in the response (`X-Request-Id`) and in every log line about the request.
 * Adds a span and counters when traces are collected, and answers an unexpected error with 500.
 */
export function instrument(
  request: Request,
  settings: Pick<Config, 'trustedProxyHops'>,
  schedule: Schedule,
  respond: (span: CallSpan) => Promise<Response>,
): Promise<Response> {
  return runRequest(requestIdFor(request, settings), async (current) => {
    const span = new CallSpan(current);
    let response: Response;
    try {
      response = await respond(span);
    } catch (error) {
      log('error', 'mcp.failed', errorFields(error));
      response = rpcError(500, -32603, 'Internal error', { requestId: current.id });
    }
    response.headers.set('x-request-id', current.id);
    if (isMeasured() && request.method !== 'OPTIONS') schedule(() => span.finish(response.status));
    return response;
  });
}
