import type { Answer } from './exchange.ts';
import { firstMessage } from './message.ts';
import type { Revision } from './requirement.ts';
import { isServed, type Subject, send } from './subject.ts';
import { expectStatus, NotApplicable } from './test-case.ts';

/** @throws {NotApplicable} when there is none */
export async function validToken({ tokens }: Subject): Promise<string> {
  if (!tokens.valid) throw new NotApplicable('there is no token');
  return tokens.valid();
}

/** Tries each token; all have to be answered 401. */
export async function refused(
  what: string,
  subject: Subject,
  revision: Revision,
  ...tokens: string[]
): Promise<string | undefined> {
  for (const token of tokens) {
    const problem = expectStatus(what, await send(subject, firstMessage(revision), { token }), 401);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong when a message was served that should not have been. */
export function expectNotServed(what: string, answer: Answer): string | undefined {
  return isServed(answer) ? `${what} was served` : undefined;
}
