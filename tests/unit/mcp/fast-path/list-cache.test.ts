import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { legacyToolList, mcpMessage } from '#tests/support/mcp-request.ts';
import {
  bySdk,
  CAPABILITIES,
  changes,
  direct,
  quietConfiguration,
  ran,
  withHeaders,
  withMembers,
  withMeta,
  withParams,
} from './both-ways.ts';

beforeEach(quietConfiguration);
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const modernToolList = (id?: number) => mcpMessage('tools/list', {}, id);
const administrator = { permissions: new Set(['connections:revoke']) };

function names(answer: { message: unknown } | undefined): string[] {
  const { result } = (answer?.message ?? {}) as { result?: { tools: { name: string }[] } };
  return result?.tools.map(({ name }) => name) ?? [];
}

describe.each([
  ['2026-07-28', modernToolList],
  ['2025', legacyToolList],
])('the list of tools of %s', (_era, list) => {
  test('is that of the SDK, for the first request and from the cache', async () => {
    const expected = await bySdk(list(1));
    expect(await direct(list(1))).toEqual(expected);
    expect(await direct(list(2))).toEqual({
      ...expected,
      message: { ...(expected.message as object), id: 2 },
    });
    expect(ran.lists).toBe(1);
  });

  test('has the tools that the caller may see, whatever was cached before', async () => {
    for (const caller of [{}, administrator, {}, administrator])
      expect(await direct(list(), caller)).toEqual(await bySdk(list(), caller));
    expect(names(await direct(list(), administrator))).toContain('needs_role');
    expect(names(await direct(list()))).not.toContain('needs_role');
  });

  test('does not depend on permissions that no tool needs', async () => {
    const caller = { permissions: new Set(['widgets:paint']) };
    expect(await direct(list(), caller)).toEqual(await direct(list()));
    expect(ran.lists).toBe(1);
  });

  test.each([
    ['a cursor', withParams(list(), { cursor: 'x' })],
    ['a progress token', withMeta(list(), { progressToken: 1 })],
    ['a name', withHeaders(list(), { 'mcp-name': 'echoes' })],
    ['no id', withMembers(list(), { id: undefined })],
    ['another method in its header', withHeaders(list(), { 'mcp-method': 'prompts/list' })],
  ])('with %s is left to the SDK', async (_what, sent) => {
    expect(await direct(sent)).toBeUndefined();
  });
});

test('a client of 2025 gets the list of its own revision', async () => {
  const versions = ['2025-11-25', '2025-06-18', '2025-03-26', undefined];
  for (const version of [...versions, ...versions]) {
    const sent = withHeaders(legacyToolList(), { 'mcp-protocol-version': version });
    expect(await direct(sent)).toEqual(await bySdk(sent));
  }
});

test('an error is not cached', async () => {
  const wrong = withMeta(modernToolList(), { [CAPABILITIES]: { elicitation: 1 } });
  expect(await direct(wrong)).toBeUndefined();
  expect(await bySdk(wrong)).toMatchObject({ status: 400 });
  expect(names(await direct(modernToolList()))).toContain('echoes');
});

test('every generated request gets the same answer from the cache and from the SDK', async () => {
  let served = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(modernToolList, legacyToolList),
    fc.constantFrom({}, administrator),
    changes,
    async (list, caller, change) => {
      const sent = change(list());
      const answer = await direct(sent, caller);
      if (answer === undefined) return;
      served++;
      expect(answer).toEqual(await bySdk(sent, caller));
    },
  );
  await fc.assert(property, { numRuns: 500 });
  expect(served).toBeGreaterThan(100);
});
