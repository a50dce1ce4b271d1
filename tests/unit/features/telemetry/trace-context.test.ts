import { describe, expect, test } from 'vitest';
import { readTraceContext } from '#features/telemetry/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a trace context of version 00 is accepted', () => {
  expect(readTraceContext(`00-${TRACE}-${SPAN}-01`, 'a=1,b=2')).toMatchObject({
    traceId: TRACE,
    spanId: SPAN,
    traceFlags: 1,
    isRemote: true,
  });
  expect(readTraceContext(`00-${TRACE}-${SPAN}-01`, 'a=1,b=2')?.traceState?.serialize()).toBe('a=1,b=2');
});

test('the known parts of a later version are accepted', () => {
  expect(readTraceContext(`cc-${TRACE}-${SPAN}-01-more`, undefined)?.traceId).toBe(TRACE);
});

test('unknown flags are dropped', () => {
  expect(readTraceContext(`00-${TRACE}-${SPAN}-ff`, undefined)?.traceFlags).toBe(1);
});

describe('a trace context is ignored', () => {
  test.each([
    ['nothing', undefined],
    ['a number', 7],
    ['an object', { traceparent: 'x' }],
    ['an empty text', ''],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['no trace id', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span id', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['version 0 with more parts', `00-${TRACE}-${SPAN}-01-more`],
    ['letters that are not hexadecimal', `00-${'g'.repeat(32)}-${SPAN}-01`],
    ['a second line', `00-${TRACE}-${SPAN}-01\nset-cookie: a=b`],
  ])('%s', (_, traceparent) => {
    expect(readTraceContext(traceparent, undefined)).toBeUndefined();
  });

  test.each([[7], ['a=1'.repeat(300)], ['no pair here'], ['=']])('tracestate %j', (tracestate) => {
    const context = readTraceContext(`00-${TRACE}-${SPAN}-01`, tracestate);
    expect(context?.traceId).toBe(TRACE);
    expect(context?.traceState).toBeUndefined();
  });
});
