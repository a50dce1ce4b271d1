import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { tools } from '#lib/mcp/tools/index.ts';
import type { ObservedCall, Observer, RequestObserver, RequestResult } from '#lib/observability/observer.ts';
import { countCall, countRejection, countRevocation, SCOPE } from './counters.ts';
import { readTraceContext } from './trace-context.ts';

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

/** Exports a span for each request to the endpoint, and counts calls, rejections and revocations. */
export const openTelemetryObserver: Observer = {
  requestStarted: (request) => new RequestSpan(request),
  revoked: (what) => countRevocation({ 'app.revocation.of': what }),
};

class RequestSpan implements RequestObserver {
  readonly #id: string;
  readonly #startedAt: number;
  #call: ObservedCall | undefined;
  #span: Span | undefined;

  constructor({ id, startedAt }: { id: string; startedAt: number }) {
    this.#id = id;
    this.#startedAt = startedAt;
  }

  traceId(): string | undefined {
    return this.#span?.spanContext().traceId;
  }

  /** Starts the span, in the trace that the client names. */
  callStarted(call: ObservedCall): void {
    this.#call = call;
    this.#span = this.#startSpan();
  }

  run<Result>(work: () => Result): Result {
    return this.#span === undefined
      ? work()
      : context.with(trace.setSpan(context.active(), this.#span), work);
  }

  finished({ status, outcome, reason }: RequestResult): void {
    const span = this.#span ?? this.#startSpan();
    const refusal = outcome === 'denied' ? (reason ?? REASONS[status] ?? String(status)) : undefined;
    span.setAttributes({
      'http.response.status_code': status,
      'app.outcome': outcome,
      'app.request.id': this.#id,
      ...(refusal !== undefined && { 'app.rejection.reason': refusal }),
      ...(outcome !== 'allowed' && { 'error.type': refusal ?? reason ?? OTHER }),
    });
    if (outcome === 'failed' || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    if (refusal !== undefined) countRejection(refusal);
    if (this.#call !== undefined)
      countCall(
        { ...boundedAttributes(this.#call), 'app.outcome': outcome },
        (Date.now() - this.#startedAt) / 1000,
      );
  }

  /** Joins the trace that a client sends, with a link to the span of the HTTP request. */
  #startSpan(): Span {
    const meta = this.#call?.meta;
    const remote = readTraceContext(meta?.traceparent, meta?.tracestate);
    const here = trace.getSpanContext(context.active());
    const options = {
      kind: SpanKind.SERVER,
      startTime: this.#startedAt,
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
function boundedAttributes({ method, tool, protocolVersion = '' }: ObservedCall): Attributes {
  return {
    'mcp.method.name': METHODS.test(method) ? method : OTHER,
    ...(tool !== undefined && { 'gen_ai.tool.name': TOOLS.has(tool) ? tool : OTHER }),
    'app.mcp.era': protocolVersion >= '2026' ? 'modern' : 'legacy',
  };
}

/** Attributes of the semantic conventions for MCP; never arguments, results or tokens. */
function spanAttributes(call: ObservedCall): Attributes {
  const { tool, protocolVersion, connectionId } = call;
  return {
    ...boundedAttributes(call),
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'app.connection.id': connectionId,
    ...(tool !== undefined && { 'gen_ai.operation.name': 'execute_tool' }),
    ...(protocolVersion !== undefined && { 'mcp.protocol.version': protocolVersion }),
  };
}

function spanName(call: ObservedCall): string {
  const bounded = boundedAttributes(call);
  const tool = bounded['gen_ai.tool.name'];
  return tool === undefined ? String(bounded['mcp.method.name']) : `${bounded['mcp.method.name']} ${tool}`;
}
