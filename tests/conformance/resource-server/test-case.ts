import type { Revision } from './requirement.ts';
import type { Subject, TokenSource } from './subject.ts';

/** Thrown by a test that the server under test gives no occasion for; the message says why. */
export class NotApplicable extends Error {
  readonly code = 'not_applicable';
}

/** What a test needs besides a URL. */
type Need = keyof TokenSource | 'scopedTool';

export type TestCase = {
  /** What an attacker, or a client, does. */
  name: string;
  /** Ids of the requirements that are not met when the test fails. */
  covers: readonly string[];
  needs?: readonly Need[];
  /** Run at the newest revision only: the answer cannot depend on the message, or attempts are counted. */
  once?: true;
  /** @returns what is wrong; nothing when all is well */
  run(subject: Subject, revision: Revision): Promise<string | undefined>;
};

/** Says what was expected and what came, when they differ. */
export function expectStatus(
  what: string,
  answer: { status: number },
  ...expected: number[]
): string | undefined {
  return expected.includes(answer.status)
    ? undefined
    : `${what}: expected ${expected.join(' or ')}, got ${answer.status}`;
}

/** The first thing that is wrong. */
export function first(...problems: (string | undefined | false)[]): string | undefined {
  return problems.find((problem) => typeof problem === 'string') || undefined;
}
