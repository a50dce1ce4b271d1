import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { type Outcome, type Revision, runScenarios, table } from '../official-suite.ts';
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

type Outcomes = Partial<Record<Revision, Map<string, Outcome>>>;

/**
 * Defines the tests of the product that `start` starts, in the scenarios for any server.
 *
 * @returns the outcomes, complete after the tests have run
 */
export function testProduct(
  title: string,
  revisions: readonly Revision[],
  start: () => Promise<{ appUrl: string; stop?(): Promise<void> }>,
): Outcomes {
  const outcomes: Outcomes = {};
  let product: Awaited<ReturnType<typeof start>>;
  let proxy: Awaited<ReturnType<typeof startTokenProxy>>;

  beforeAll(async () => {
    product = await start();
    const { appUrl } = product;
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
    console.log(`\nOfficial suite, ${title} (* expected)\n${table(outcomes, asExpected)}`);
    await proxy.close();
    await product.stop?.();
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

  return outcomes;
}
