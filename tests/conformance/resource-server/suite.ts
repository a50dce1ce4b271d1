import { challengeTests } from './challenge-tests.ts';
import { discoveryRequirements } from './discovery-requirements.ts';
import { NotJudged } from './exchange.ts';
import { forgedTokenTests } from './forged-token-tests.ts';
import { metadataTests } from './metadata-tests.ts';
import { REVISIONS, type Requirement, type Revision } from './requirement.ts';
import { scopeTests } from './scope-tests.ts';
import type { Subject } from './subject.ts';
import { NotApplicable, type TestCase } from './test-case.ts';
import { tokenRequirements } from './token-requirements.ts';
import { tokenTests } from './token-tests.ts';
import { transportTests } from './transport-tests.ts';

export const requirements: readonly Requirement[] = [...discoveryRequirements, ...tokenRequirements];
export const tests: readonly TestCase[] = [
  ...challengeTests,
  ...metadataTests,
  ...tokenTests,
  ...forgedTokenTests,
  ...scopeTests,
  ...transportTests,
];

/** What one test came to at one revision. `not run` has the reason as its detail. */
export type Result = {
  test: TestCase;
  revision: Revision;
  outcome: 'met' | 'not met' | 'not run';
  detail: string;
};

/** What is known of a requirement at a revision; undefined when the revision does not have it. */
export type TrustLevel = 'met' | 'not met' | 'not run' | 'no test';

const requires = (test: TestCase, revision: Revision) =>
  requirements.some(({ id, levels }) => test.covers.includes(id) && levels[revision] !== undefined);

function missingNeeds({ needs = [] }: TestCase, { tokens, scopedTool }: Subject): string[] {
  return needs.filter((need) => (need === 'scopedTool' ? scopedTool : tokens[need]) === undefined);
}

async function judge(
  test: TestCase,
  subject: Subject,
  revision: Revision,
): Promise<Pick<Result, 'outcome' | 'detail'>> {
  const missing = missingNeeds(test, subject);
  if (missing.length > 0) return { outcome: 'not run', detail: `needs ${missing.join(', ')}` };
  try {
    const problem = await test.run(subject, revision);
    return problem === undefined ? { outcome: 'met', detail: '' } : { outcome: 'not met', detail: problem };
  } catch (error) {
    if (error instanceof NotApplicable || error instanceof NotJudged)
      return { outcome: 'not run', detail: error.message };
    return {
      outcome: 'not met',
      detail: `no usable answer: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/**
 * Runs every test that a revision requires something of. One after another: many servers count attempts, and an
 * answer must not depend on what else is under way.
 *
 * @param revisions - as clients of which revisions to speak; all by default
 */
export async function runTests(
  subject: Subject,
  revisions: readonly Revision[] = REVISIONS,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const test of tests) {
    const applicable = revisions.filter((revision) => requires(test, revision));
    const [newest] = applicable.slice(-1);
    if (newest === undefined) continue;
    const spoken = test.once ? [newest] : applicable;
    const judged = new Map<Revision, Pick<Result, 'outcome' | 'detail'>>();
    for (const revision of spoken) judged.set(revision, await judge(test, subject, revision));
    for (const revision of applicable) {
      const verdict = judged.get(revision) ?? judged.get(newest);
      if (verdict) results.push({ test, revision, ...verdict });
    }
  }
  return results;
}

/** The state of a requirement at a revision: not met if one of its tests fails, met if one was run and none fails. */
export function statusOf(
  { id, levels, untested }: Requirement,
  revision: Revision,
  results: readonly Result[],
): TrustLevel | undefined {
  if (levels[revision] === undefined) return undefined;
  if (untested !== undefined) return 'no test';
  const outcomes = results
    .filter((result) => result.revision === revision && result.test.covers.includes(id))
    .map(({ outcome }) => outcome);
  if (outcomes.includes('not met')) return 'not met';
  return outcomes.includes('met') ? 'met' : 'not run';
}
