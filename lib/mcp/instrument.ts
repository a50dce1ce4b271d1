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
import { requestIdFor, type ServedRequest, serving } from '#lib/observability/request.ts';
import { isMeasured } from '#lib/observability/telemetry.ts';
import { readTraceContext } from '#lib/observability/trace-context.ts';
import type { After } from '#lib/server/after.ts';
import type { Call } from './call.ts';
import { requestMeta } from './operation.ts';
import { rpcError } from './rpc-error.ts';
import { tools } from './tools/index.ts';

const TOOLS = new Set(tools.map(({ name }) => name));
const METHODS =
  /^(batch|initialize|ping|server\/discover|subscriptions\/listen|completion\/complete|tools\/(list|call)|prompts\/(list|get)|resources\/(list|read|templates\/list)|notifications\/(initialized|cancelled|progress))$/;
/** What stands for every name that is not ours: names of spans and counters must not be a client's choice. */
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

/** Watches one request: its id, its span, its place in the counters. */
export class Observation {
  /** Why the request was refused before it became a call. */
  rejection: string | undefined;
  readonly #request: ServedRequest;
  #call: Call | undefined;

  constructor(request: ServedRequest) {
    this.#request = request;
  }

  /** Runs a call; whatever spans it makes are children of its own. */
  run(call: Call, body: unknown, work: () => Promise<Response> | Response): Promise<Response> | Response {
    this.#call = call;
    if (!isMeasured()) return work();
    this.#request.span = this.#startSpan(body);
    return context.with(trace.setSpan(context.active(), this.#request.span), work);
  }

  /** The answer to an error that nobody foresaw: the cause is in the log under the id, and nowhere else. */
  failed(error: unknown): Response {
    log('error', 'mcp.failed', errorFields(error));
    return rpcError(500, -32603, 'Internal error', { requestId: this.#request.id });
  }

  /** Ends the span and counts, once the answer has been sent. */
  finish(status: number): void {
    const { outcome, reason } = this.#call ?? { outcome: 'denied', reason: undefined };
    const span = this.#request.span ?? this.#startSpan(undefined);
    const refusal =
      outcome === 'denied' ? (reason ?? this.rejection ?? REASONS[status] ?? String(status)) : undefined;
    span.setAttributes({
      'http.response.status_code': status,
      'app.outcome': outcome,
      'app.request.id': this.#request.id,
      ...(refusal !== undefined && { 'app.rejection.reason': refusal }),
      ...(outcome !== 'allowed' && { 'error.type': refusal ?? reason ?? OTHER }),
    });
    if (outcome === 'failed' || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    if (refusal !== undefined) countRejection(refusal);
    if (this.#call !== undefined)
      countCall(
        { ...boundedAttributes(this.#call), 'app.outcome': outcome },
        (Date.now() - this.#request.startedAt) / 1000,
      );
  }

  /** A client that sends a trace context makes the span part of its trace; the HTTP request is then linked. */
  #startSpan(body: unknown): Span {
    const meta = requestMeta(body);
    const remote = readTraceContext(meta?.traceparent, meta?.tracestate);
    const here = trace.getSpanContext(context.active());
    const options = {
      kind: SpanKind.SERVER,
      startTime: this.#request.startedAt,
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
 * Serves a request to `/mcp` under an id, which is in the answer (`X-Request-Id`) and in every log line about it.
 * When traces are collected it also makes one span and counts.
 */
export function observed(
  request: Request,
  settings: Pick<Config, 'trustedProxyHops'>,
  after: After,
  serve: (observation: Observation) => Promise<Response>,
): Promise<Response> {
  return serving(requestIdFor(request, settings), async (served) => {
    const observation = new Observation(served);
    const response = await serve(observation);
    response.headers.set('x-request-id', served.id);
    if (isMeasured() && request.method !== 'OPTIONS') after(() => observation.finish(response.status));
    return response;
  });
}
