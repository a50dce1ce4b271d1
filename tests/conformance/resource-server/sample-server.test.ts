import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';
import { conformanceDocument, plainTable } from '../documentation.ts';
import { DEFECTS, type Defect } from './defects.ts';
import { issuerTokens } from './issuer-tokens.ts';
import { coverage, report } from './report.ts';
import { REVISIONS } from './requirement.ts';
import { startSampleServer } from './sample-server.ts';
import { type Result, requirements, runTests, statusOf, tests } from './suite.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer();
});

afterAll(() => issuer.close());

async function judge(...defects: Defect[]): Promise<Result[]> {
  const server = await startSampleServer(issuer, ...defects);
  try {
    const { url, scopedTool } = server;
    return await runTests({ url, scopedTool, tokens: issuerTokens(issuer, url) });
  } finally {
    await server.close();
  }
}

const notMet = (results: Result[]) =>
  requirements
    .filter((requirement) => REVISIONS.some((at) => statusOf(requirement, at, results) === 'not met'))
    .map(({ id }) => id);

describe('the resource server suite', () => {
  test('reports no failure for a correct server', async () => {
    const results = await judge();
    expect(notMet(results), report('the sample server', results)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'not run')).toEqual([]);
  });

  test.each(Object.keys(DEFECTS) as Defect[])('reports a server that %s', async (defect) => {
    expect(notMet(await judge(defect))).toEqual(DEFECTS[defect]);
  });

  test('without a token runs the tests that need none and lists the others', async () => {
    const server = await startSampleServer(issuer);
    const results = await runTests({ url: server.url, tokens: {} });
    await server.close();
    expect(notMet(results)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'met').length).toBeGreaterThan(0);
    const omitted = results.filter(({ outcome }) => outcome === 'not run');
    expect(omitted.every(({ detail }) => detail.startsWith('needs '))).toBe(true);
  });
});

describe('the table of requirements', () => {
  const ids = requirements.map(({ id }) => id);

  test('names each requirement once', () => {
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('has a test or a reason against one for each requirement', () => {
    const covered = new Set(tests.flatMap(({ covers }) => covers));
    expect([...covered].filter((id) => !ids.includes(id))).toEqual([]);
    const wrong = requirements.filter(({ id, untested }) => covered.has(id) === (untested !== undefined));
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  test('is the table of the documentation', () => {
    expect(conformanceDocument()).toContain(plainTable(coverage()));
  });

  test('has a defect for each requirement that makes it fail', () => {
    const found = new Set<string>(Object.values(DEFECTS).flat());
    const never = requirements.filter(({ id, untested }) => untested === undefined && !found.has(id));
    // A sample server that is neither https nor on this machine cannot be had in a test.
    expect(never.map(({ id }) => id)).toEqual(['https']);
  });
});
