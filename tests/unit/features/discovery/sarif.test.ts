import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { reportSarif } from '#features/discovery/sarif.ts';
import { FAULTY } from '#tests/support/stub-servers.ts';
import { startStub } from './stub-network.ts';

const message = z.strictObject({ text: z.string().min(1) });
const headers = z.record(z.string(), z.string());
const index = z.strictObject({ index: z.int().min(0) });
const body = message.or(z.strictObject({ text: z.string() })).optional();

/** The parts of SARIF 2.1.0 that a report uses, strictly: OASIS sarif-v2.1.0, sections 3.13 to 3.49. */
const SARIF = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string().min(1),
              shortDescription: message,
              helpUri: z.url().optional(),
              help: message,
            }),
          ),
        }),
      }),
      invocations: z.array(
        z.strictObject({ executionSuccessful: z.boolean(), endTimeUtc: z.iso.datetime() }),
      ),
      properties: z.record(z.string(), z.string()),
      webRequests: z.array(
        z.strictObject({ protocol: z.string(), method: z.string(), target: z.string(), headers, body }),
      ),
      webResponses: z.array(
        z.strictObject({
          statusCode: z.int().optional(),
          noResponseReceived: z.boolean().optional(),
          headers: headers.optional(),
          body,
        }),
      ),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          kind: z.enum(['pass', 'fail']),
          level: z.enum(['none', 'note', 'warning', 'error']),
          message,
          locations: z.array(
            z.strictObject({
              physicalLocation: z.strictObject({
                artifactLocation: z.strictObject({ uri: z.string().regex(/^(?![a-z][a-z\d+.-]*:\/\/|\/)/) }),
                region: z.strictObject({ startLine: z.int().min(1) }),
              }),
              logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string() })),
            }),
          ),
          partialFingerprints: headers,
          webRequest: index.optional(),
          webResponse: index.optional(),
        }),
      ),
    }),
  ]),
});

async function sarifOf(name: string) {
  const stub = FAULTY.find((one) => one.name === name) ?? expect.fail();
  await using started = await startStub(stub);
  const discovery = await discover(started.url, {
    fetch: started.fetch,
    allowLoopback: true,
    origin: 'https://pages.example',
  });
  const { serverUrl, revision, exchanges } = discovery;
  const at = '2026-11-23T00:00:00.000Z';
  const sarif = reportSarif({
    serverUrl,
    revision,
    at,
    exchanges,
    findings: discoveryFindings(discovery),
  });
  return SARIF.parse(JSON.parse(sarif)).runs[0];
}

describe('a report as SARIF', () => {
  test('has the form of 2.1.0, and each result refers to its rule and its request', async () => {
    const run = await sarifOf('a resource with a slash too many');
    const [result] = run.results;
    expect(result).toMatchObject({ ruleId: 'resource-mismatch', level: 'error', kind: 'fail' });
    expect(run.tool.driver.rules[result?.ruleIndex ?? -1]?.id).toBe('resource-mismatch');
    expect(run.webRequests[result?.webRequest?.index ?? -1]?.target).toContain('/.well-known/');
    expect(run.webResponses[result?.webResponse?.index ?? -1]?.statusCode).toBe(200);
  });

  test('has the form of 2.1.0 for a server that sent nothing, and for a URL that was not requested', async () => {
    const refused = await sarifOf('a closed port');
    expect(refused.webResponses).toEqual([{ noResponseReceived: true }]);
    expect(refused.results[0]).toMatchObject({ ruleId: 'connection-refused' });
    expect((await sarifOf('another scheme')).results[0]).toMatchObject({ ruleId: 'url-invalid' });
  });
});
