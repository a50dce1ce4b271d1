import { validToken } from './attempt.ts';
import { bearerChallenge } from './challenge.ts';
import type { Answer } from './exchange.ts';
import { toolCall } from './message.ts';
import type { Revision } from './requirement.ts';
import { announcedUrl, isServed, type Subject, send } from './subject.ts';
import { expectStatus, first, type TestCase } from './test-case.ts';

/** The answer to a call that the token is too narrow for. */
async function narrow(subject: Subject, revision: Revision): Promise<Answer> {
  const call = toolCall(revision, subject.scopedTool ?? '');
  return send(subject, call, { token: await validToken(subject) });
}

/** A valid token that is not enough. */
export const scopeTests: readonly TestCase[] = [
  {
    name: 'a call that the token is too narrow for is answered 403',
    covers: ['scope-403'],
    needs: ['valid', 'scopedTool'],
    run: async (subject, revision) =>
      expectStatus('a call that needs more scopes', await narrow(subject, revision), 403),
  },
  {
    name: 'the 403 says which scopes are needed, and where the metadata is',
    covers: ['scope-challenge'],
    needs: ['valid', 'scopedTool'],
    run: async (subject, revision) => {
      const answer = await narrow(subject, revision);
      const challenge = bearerChallenge(answer.authenticate)?.parameters;
      return first(
        challenge?.get('error') !== 'insufficient_scope' && `error is ${challenge?.get('error')}`,
        !challenge?.get('scope') && 'no scope in the challenge',
        announcedUrl(answer) === undefined && 'no resource_metadata',
      );
    },
  },
  {
    name: 'one more consent with the scopes of the challenge is enough',
    covers: ['scope-at-once'],
    needs: ['valid', 'scopedTool', 'withScopes'],
    run: async (subject, revision) => {
      const challenge = bearerChallenge((await narrow(subject, revision)).authenticate);
      const scopes = challenge?.parameters.get('scope')?.split(' ') ?? [];
      const token = await subject.tokens.withScopes?.(scopes);
      const call = toolCall(revision, subject.scopedTool ?? '');
      const answer = await send(subject, call, token === undefined ? {} : { token });
      return isServed(answer) ? undefined : `with ${scopes.join(' ')}: answered ${answer.status}`;
    },
  },
];
