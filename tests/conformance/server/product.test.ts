import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { sharedStack } from '#tests/support/shared-stack.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';
import { conformanceDocument } from '../documentation.ts';
import {
  documentationRow,
  type Outcome,
  REVISIONS,
  type Revision,
  runScenarios,
  table,
} from '../official-suite.ts';
import { expectedVerdict } from './expected-failures.ts';
import { startTokenProxy } from './guarded-endpoint.ts';

/** Scenarios for any server, independent of its tools, prompts and resources. */
const ANY_SERVER = new Set([
  'caching',
  'dns-rebinding-protection',
  'http-header-validation',
  'input-required-result-unsupported-methods',
  'ping',
  'prompts-list',
  'resources-list',
  'sep-2164-resource-not-found',
  'server-initialize',
  'server-session-lifecycle',
  'server-sse-multiple-streams',
  'tools-list',
]);
const SUITE_TIMEOUT_MS = 120_000;

/** Off, the revisions of 2025 share one path through the SDK: the newest of each era is enough. */
describe.each([
  ['on', REVISIONS],
  ['off', ['2025-11-25', '2026-07-28']],
] as const)('the product with the fast path %s, in the official suite', (fastPath, revisions) => {
  const outcomes: Partial<Record<Revision, Map<string, Outcome>>> = {};
  let own: Stack | undefined;
  let proxy: Awaited<ReturnType<typeof startTokenProxy>>;

  beforeAll(async () => {
    if (fastPath === 'off') own = await startStack({ env: { MCP_FAST_PATH: 'off' } });
    const { appUrl } = own ?? (await sharedStack());
    const connected = await ScriptedClient.connect({
      url: `${appUrl}/mcp`,
      account: 'ada',
      registration: 'cimd',
      era: 'auto',
    });
    const token = connected.tokens?.access_token ?? '';
    await connected.close();
    proxy = await startTokenProxy(Number(new URL(appUrl).port), async () => token);
  });

  afterAll(async () => {
    const asExpected = (scenario: string, revision: Revision) =>
      expectedVerdict(scenario, revision) !== 'passed';
    console.log(
      `\nOfficial suite, the product as it is deployed, fast path ${fastPath} (* expected)\n${table(outcomes, asExpected)}`,
    );
    await proxy.close();
    await own?.stop();
  });

  test.each([...revisions])(
    'does as expected in the scenarios of revision %s that apply to any server',
    async (revision) => {
      const args = ['server', '--suite', 'all', '--url', proxy.url, '--spec-version', revision];
      const run = new Map([...(await runScenarios(args))].filter(([scenario]) => ANY_SERVER.has(scenario)));
      outcomes[revision] = run;
      const unexpected = [...run].filter(
        ([scenario, { verdict }]) => verdict !== expectedVerdict(scenario, revision),
      );
      expect(unexpected).toEqual([]);
    },
    SUITE_TIMEOUT_MS,
  );

  if (fastPath === 'on')
    test('has the figures that the documentation gives', () => {
      const row = documentationRow('the product as it is deployed', outcomes);
      expect(conformanceDocument()).toContain(row);
    });
});
