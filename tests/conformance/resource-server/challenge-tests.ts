import { isLoopback } from '#lib/config/loopback.ts';
import { bearerChallenge, parseChallenges } from './challenge.ts';
import type { Answer } from './exchange.ts';
import { message } from './message.ts';
import { announcedUrl, knock, send } from './subject.ts';
import { expectStatus, first, type TestCase } from './test-case.ts';

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const ERROR_TEXT = /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/;

const challengeOf = (answer: Answer) => bearerChallenge(answer.authenticate)?.parameters;

function grammarProblem(answer: Answer): string | undefined {
  try {
    parseChallenges(answer.authenticate ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return `the challenge is malformed: ${error.message}`;
    throw error;
  }
  const challenge = challengeOf(answer);
  const scope = challenge?.get('scope');
  const error = challenge?.get('error') ?? '';
  return first(
    scope !== undefined && !SCOPE.test(scope) && `scope is ${JSON.stringify(scope)}`,
    !ERROR_TEXT.test(error) && `error is ${JSON.stringify(error)}`,
    !ERROR_TEXT.test(challenge?.get('error_description') ?? '') && 'error_description has other characters',
  );
}

/** A client that brings nothing. */
export const challengeTests: readonly TestCase[] = [
  {
    name: 'the URL is https, or of this machine',
    covers: ['https'],
    once: true,
    run: async ({ url }) =>
      new URL(url).protocol === 'https:' || isLoopback(new URL(url)) ? undefined : `${url} is not https`,
  },
  {
    name: 'a client without credentials is answered 401',
    covers: ['unauthorized-401'],
    run: async (subject, revision) =>
      first(
        expectStatus('the first message of a client', await knock(subject, revision), 401),
        expectStatus('tools/list', await send(subject, message(revision, 'tools/list')), 401),
      ),
  },
  {
    name: 'the 401 challenges with the Bearer scheme',
    covers: ['challenge'],
    run: async (subject, revision) => {
      const { authenticate } = await knock(subject, revision);
      return /(^|,)\s*bearer(\s|,|$)/i.test(authenticate ?? '')
        ? undefined
        : `WWW-Authenticate is ${JSON.stringify(authenticate)}`;
    },
  },
  {
    name: 'the challenge can be read by the letter of the grammar',
    covers: ['challenge-grammar'],
    run: async (subject, revision) => grammarProblem(await knock(subject, revision)),
  },
  {
    name: 'the challenge to a client without credentials holds no error',
    covers: ['challenge-no-error'],
    run: async (subject, revision) => {
      const error = challengeOf(await knock(subject, revision))?.get('error');
      return error === undefined ? undefined : `the challenge says error=${error}`;
    },
  },
  {
    name: 'the challenge gives the URL of the metadata',
    covers: ['challenge-metadata'],
    run: async (subject, revision) =>
      announcedUrl(await knock(subject, revision)) === undefined ? 'no resource_metadata' : undefined,
  },
  {
    name: 'the challenge says which scopes to ask for',
    covers: ['challenge-scope'],
    run: async (subject, revision) =>
      challengeOf(await knock(subject, revision))?.get('scope') ? undefined : 'no scope in the challenge',
  },
];
