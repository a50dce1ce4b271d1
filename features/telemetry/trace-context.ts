import { createTraceState, type SpanContext } from '@opentelemetry/api';

/** Longest `tracestate` that is passed on (Trace Context section 3.3.1.5 wants at least this). */
const MAX_TRACE_STATE = 512;

/**
 * Reads a trace context that a client sent (W3C Trace Context section 3.2), as MCP carries it in `_meta`.
 *
 * @param traceparent - what the client sent under that name, whatever it is
 * @returns undefined unless every part has exactly the form that the standard gives it; a `tracestate` that has not
 *   is left out
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
