import { expect, test } from 'vitest';
import { normalizeMessage } from '#lib/mcp/message.ts';

test('members that are null are removed at every level, and elements of lists are kept', () => {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'prompts/get',
    params: { cursor: null, list: [1, null, { a: null, b: 2 }] },
  };
  normalizeMessage(message);
  expect(message.params).toEqual({ list: [1, null, { b: 2 }] });
  expect(message.params.list).toHaveLength(3);
});
