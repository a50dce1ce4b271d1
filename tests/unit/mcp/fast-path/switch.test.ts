import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { legacyToolCall, mcpMessage, toolCall } from '#tests/support/mcp-request.ts';
import { direct, quietConfiguration } from './both-ways.ts';

test('one line of one file plugs the fast path in', () => {
  const files = globSync('{app,components,features,lib}/**/*.{ts,tsx}').map((file) =>
    file.replaceAll('\\', '/'),
  );
  const lines = files
    .filter((file) => !file.startsWith('lib/mcp/fast-path/'))
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(lines.filter((line) => line.includes('withFastPath'))).toEqual([
    "lib/mcp/server.ts: import { withFastPath } from './fast-path/fast-path.ts';",
    'lib/mcp/server.ts: return withFastPath(createSdkHandler(tools, extras), tools, serverInfo);',
  ]);
  expect(lines.filter((line) => line.includes('/fast-path/'))).toHaveLength(1);
});

test('MCP_FAST_PATH=off leaves every request to the SDK', async () => {
  vi.stubEnv('MCP_FAST_PATH', 'off');
  quietConfiguration();
  for (const sent of [toolCall('echoes'), legacyToolCall('echoes'), mcpMessage('tools/list')])
    expect(await direct(sent)).toBeUndefined();
});
