import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#tests/support/free-port.ts';
import { type Started, startApp, temporaryDirectory } from '#tests/support/processes.ts';
import { sharedStack } from '#tests/support/shared-stack.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';
import { issuerTokens } from './issuer-tokens.ts';
import { report } from './report.ts';
import { REVISIONS } from './requirement.ts';
import { runTests } from './suite.ts';

const run = promisify(execFile);
const data = temporaryDirectory('resource-server');

describe('the product behind an issuer that makes any token', () => {
  let issuer: TestIssuer;
  let app: Started;

  beforeAll(async () => {
    await sharedStack();
    const port = await freePort();
    issuer = await startIssuer({ APP_URL: `http://localhost:${port}` });
    app = await startApp({
      appPort: port,
      authkitPort: Number(new URL(issuer.url).port),
      dataDir: data.path,
      env: { MCP_FAILED_AUTH_PER_MINUTE: '1000000' },
    });
  });

  afterAll(async () => {
    await app.running.stop();
    await issuer.close();
    data.remove();
  });

  test('meets every requirement of the resource server at every revision', async () => {
    const url = `${app.url}/mcp`;
    const tokens = issuerTokens(issuer, url);
    const results = await runTests({ url, tokens, scopedTool: 'scoped' });
    console.log(`\n${report(url, results, REVISIONS)}`);
    const others = results.filter(({ outcome }) => outcome !== 'met');
    expect(others.map(({ test: { name }, revision, detail }) => `${revision} ${name}: ${detail}`)).toEqual(
      [],
    );
  });
});

describe('npm run test:resource-server', () => {
  test('judges the product from outside, with tokens of local AuthKit', async () => {
    const { appUrl } = await sharedStack();
    const script = 'tests/conformance/resource-server/run.ts';
    const { stdout } = await run(process.execPath, [
      script,
      `${appUrl}/mcp`,
      '--scope-tool',
      'scoped',
      '--strict',
    ]);
    expect(stdout).toContain('scope-at-once');
    expect(stdout).not.toContain('NOT MET');
    // Only what local AuthKit cannot be made to issue is left out.
    expect(
      stdout.split('\n').filter((line) => /: needs /.test(line) && !/needs (mint|expired)$/.test(line)),
    ).toEqual([]);
  });

  test('prints its usage without a URL', async () => {
    const script = 'tests/conformance/resource-server/run.ts';
    await expect(run(process.execPath, [script])).rejects.toMatchObject({ code: 2 });
  });
});
