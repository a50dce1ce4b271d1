import { createTraceState, type SpanContext } from '@opentelemetry/api';

/** Longest `tracestate` that is forwarded (Trace Context section 3.3.1.5 requires at least this). */
const MAX_TRACE_STATE = 512;

/**
 * Parses a trace context of a client (W3C Trace Context section 3.2), which MCP carries in `_meta`.
 *
 * @param traceparent - the value that the client sent, of any type
 * @returns undefined unless every part has the form of the standard; an invalid `tracestate` is dropped
 */
export function readTraceContext(traceparent: unknown, tracestate: unknown): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,200})?$/.exec(traceparent) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
  };
  if (typeof tracestate !== 'string' || tracestate === '' || tracestate.length > MAX_TRACE_STATE)
    return context;
  const traceState = createTraceState(tracestate);
  return traceState.serialize() === '' ? context : { ...context, traceState };
}
