import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';
import { conformanceDocument } from '../documentation.ts';
import {
  documentationRow,
  listScenarios,
  type Outcome,
  REVISIONS,
  type Revision,
  runScenarios,
  scoredScenarios,
  table,
} from '../official-suite.ts';
import { EXPECTED, expectedVerdict } from './expected-failures.ts';
import { startEndpoint, startTokenProxy } from './guarded-endpoint.ts';
import { scenarioHandler } from './scenario-server.ts';

const SUITE_TIMEOUT_MS = 120_000;

const outcomes: Partial<Record<Revision, Map<string, Outcome>>> = {};
let issuer: TestIssuer;
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
let proxy: Awaited<ReturnType<typeof startTokenProxy>>;

beforeAll(async () => {
  issuer = await startIssuer();
  stubConfiguration({ AUTHKIT_DOMAIN: issuer.url, MCP_CALLS_PER_MINUTE: '1000000' });
  endpoint = await startEndpoint(scenarioHandler());
  proxy = await startTokenProxy(endpoint.port, () =>
    issuer.token({ client_id: 'https://client.example/id' }),
  );
});

afterAll(async () => {
  const asExpected = (scenario: string, revision: Revision) =>
    expectedVerdict(scenario, revision) !== 'passed';
  console.log(`\nOfficial suite, server scenarios (* expected)\n${table(outcomes, asExpected)}`);
  for (const [scenario, { reason }] of Object.entries(EXPECTED)) console.log(`* ${scenario}: ${reason}`);
  await proxy.close();
  await endpoint.close();
  await issuer.close();
});

describe('the endpoint, judged by the official suite', () => {
  test('refuses the suite without a token', async () => {
    const response = await fetch(`http://localhost:${endpoint.port}/mcp`, { method: 'POST' });
    expect(response.status).toBe(401);
  });

  test.each(REVISIONS)(
    'has the expected result in every server scenario of revision %s',
    async (revision) => {
      const listed = (await listScenarios('server')).filter(({ revisions }) => revisions.includes(revision));
      const args = ['server', '--suite', 'all', '--url', proxy.url, '--spec-version', revision];
      const run = await runScenarios(args);
      outcomes[revision] = run;
      expect([...run.keys()].sort()).toEqual(listed.map(({ name }) => name).sort());
      const unexpected = [...run]
        .filter(([scenario, { verdict }]) => verdict !== expectedVerdict(scenario, revision))
        .map(([scenario, outcome]) => ({ scenario, ...outcome }));
      expect(unexpected).toEqual([]);
    },
    SUITE_TIMEOUT_MS,
  );

  test.each(['2025-11-25', '2026-07-28'] as const)(
    'ran every scenario that the frozen requirements of %s score',
    async (revision) => {
      const scored = await scoredScenarios(revision);
      expect(scored.length).toBeGreaterThan(0);
      expect(scored.filter((scenario) => !outcomes[revision]?.has(scenario))).toEqual([]);
    },
  );

  test('every scenario on the list of expected failures exists at its revisions', () => {
    const unknown = Object.entries(EXPECTED).flatMap(([scenario, { revisions }]) =>
      revisions.filter((revision) => !outcomes[revision]?.has(scenario)).map((at) => `${scenario} ${at}`),
    );
    expect(unknown).toEqual([]);
  });

  test('has these figures in the documentation', () => {
    const row = documentationRow('the endpoint', outcomes);
    expect(conformanceDocument()).toContain(row);
  });
});
