import { expect, test } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { sharedStack } from '#tests/support/shared-stack.ts';

test('a long response is compressed, and a short one is sent as it is', async () => {
  const { appUrl } = await sharedStack();
  const client = await ScriptedClient.connect({
    url: `${appUrl}/mcp`,
    account: 'ada',
    registration: 'cimd',
    era: 'auto',
  });
  const encodingOf = async (request: ReturnType<typeof toolCall>) => {
    const init = { headers: { 'accept-encoding': 'gzip' } };
    const { status, headers } = await postMcp(appUrl, client.tokens?.access_token, request, init);
    expect(status).toBe(200);
    return headers.get('content-encoding');
  };
  expect(await encodingOf(toolCall('identity'))).toBeNull();
  expect(await encodingOf(mcpMessage('tools/list'))).toBe('gzip');
  await client.close();
});
