import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { judge, readReport } from '#scripts/test-report.ts';

const directory = mkdtempSync(join(tmpdir(), 'test-report-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function reportOf(kind: 'vitest' | 'playwright', json: unknown) {
  const file = join(directory, `${kind}.json`);
  writeFileSync(file, JSON.stringify(json));
  return readReport(kind, file);
}

const passedFile = { status: 'passed', assertionResults: [{}, {}] };
const brokenFile = { status: 'failed', assertionResults: [] };

test('tests that passed count, and nothing failed', () => {
  const report = reportOf('vitest', {
    numPassedTests: 2,
    numFailedTests: 0,
    numPendingTests: 0,
    testResults: [passedFile],
  });
  expect(judge(report, 0)).toEqual({ passed: 2, failed: 0, skipped: 0, note: '' });
});

test('a file that cannot be loaded is a failure though it has no tests', () => {
  const report = reportOf('vitest', {
    numPassedTests: 2,
    numFailedTests: 0,
    numPendingTests: 0,
    testResults: [passedFile, brokenFile],
  });
  expect(judge(report, 1)).toMatchObject({ passed: 2, failed: 1 });
});

test('a browser test that passed only when it was tried again is a failure', () => {
  const report = reportOf('playwright', { stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 0 } });
  expect(judge(report, 1)).toMatchObject({ passed: 3, failed: 2 });
});

test('a runner that found no test has failed', () => {
  expect(judge({ passed: 0, failed: 0, skipped: 0 }, 0)).toMatchObject({ failed: 1, note: 'found no test' });
});

test('a runner that broke after its tests passed has failed', () => {
  expect(judge({ passed: 5, failed: 0, skipped: 0 }, 1)).toMatchObject({
    failed: 1,
    note: 'ended with exit code 1',
  });
});

test('a runner that wrote no report, or not one of its own, has failed', () => {
  expect(judge(readReport('vitest', join(directory, 'nothing.json')), 1)).toMatchObject({ failed: 1 });
  expect(judge(reportOf('playwright', { errors: [] }), 1)).toMatchObject({
    failed: 1,
    note: 'wrote no report',
  });
});
