import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** What a runner counted. */
export type Counts = { passed: number; failed: number; skipped: number };

const vitest = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});
const playwright = z.object({
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
});

/**
 * Reads the JSON report of a runner.
 *
 * @returns undefined when the runner wrote none, or one of another shape: it broke before its tests ran
 */
export function readReport(kind: 'vitest' | 'playwright', file: string): Counts | undefined {
  if (!existsSync(file)) return undefined;
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (kind === 'playwright') {
    const report = playwright.safeParse(json).data?.stats;
    return (
      report && { passed: report.expected, failed: report.unexpected + report.flaky, skipped: report.skipped }
    );
  }
  const report = vitest.safeParse(json).data;
  if (!report) return undefined;
  // A file that cannot be loaded has no tests to count.
  const broken = report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests,
  };
}

/**
 * What a step counts for: an exit code that the counts do not explain is one more failure, and so is a runner that
 * found no test at all.
 */
export function judge(counts: Counts | undefined, exitCode: number): Counts & { note: string } {
  if (!counts) return { passed: 0, failed: 1, skipped: 0, note: 'wrote no report' };
  if (counts.passed + counts.failed === 0) return { ...counts, failed: 1, note: 'found no test' };
  if (exitCode !== 0 && counts.failed === 0)
    return { ...counts, failed: 1, note: `ended with exit code ${exitCode}` };
  return { ...counts, note: '' };
}
