import { expectNotServed, refused, validToken } from './attempt.ts';
import { bearerChallenge } from './challenge.ts';
import { firstMessage, message, toolCall } from './message.ts';
import { announcedUrl, isServed, send } from './subject.ts';
import { expectStatus, first, type TestCase } from './test-case.ts';

const NO_TOKEN = 'this-is-no-token';

/** How a token is brought, and how it is refused. */
export const tokenTests: readonly TestCase[] = [
  {
    name: 'a client with a valid token is served',
    covers: ['token-accepted', 'no-origin'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const answer = await send(subject, firstMessage(revision), { token: await validToken(subject) });
      return isServed(answer) ? undefined : `answered ${answer.status}: ${answer.body.slice(0, 200)}`;
    },
  },
  {
    name: 'a client that writes "bearer" or "BEARER" is served',
    covers: ['scheme-any-case'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const token = await validToken(subject);
      for (const scheme of ['bearer', 'BEARER']) {
        const headers = { authorization: `${scheme} ${token}` };
        const answer = await send(subject, firstMessage(revision), { headers });
        if (!isServed(answer)) return `${scheme}: answered ${answer.status}`;
      }
      return undefined;
    },
  },
  {
    name: 'a stranger cannot go on where a signed-in client began',
    covers: ['token-each-request'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const begun = await send(subject, firstMessage(revision), { token: await validToken(subject) });
      const session = begun.headers['mcp-session-id'];
      const headers: Record<string, string> =
        typeof session === 'string' ? { 'mcp-session-id': session } : {};
      return expectStatus('going on', await send(subject, message(revision, 'tools/list'), { headers }), 401);
    },
  },
  {
    name: 'a token in the query string is not accepted',
    covers: ['token-not-in-query'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const url = new URL(subject.url);
      url.searchParams.set('access_token', await validToken(subject));
      return expectNotServed('a token in the query', await send(subject, firstMessage(revision), { url }));
    },
  },
  {
    name: 'a token in the message is not accepted',
    covers: ['token-not-in-body'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const { headers, body } = firstMessage(revision);
      const inside = JSON.stringify({ ...JSON.parse(body), access_token: await validToken(subject) });
      return expectNotServed('a token in the body', await send(subject, { headers, body: inside }));
    },
  },
  {
    name: 'credentials that are not exactly one token are malformed',
    covers: ['malformed-400'],
    needs: ['valid'],
    once: true,
    run: async (subject, revision) => {
      const token = await validToken(subject);
      const malformed: [string, string | string[]][] = [
        ['no token', 'Bearer'],
        ['two tokens in a header', `Bearer ${token} ${token}`],
        ['two headers', [`Bearer ${token}`, `Bearer ${token}`]],
      ];
      for (const [what, authorization] of malformed) {
        const answer = await send(subject, firstMessage(revision), { headers: { authorization } });
        const error = bearerChallenge(answer.authenticate)?.parameters.get('error');
        const problem = first(
          expectStatus(what, answer, 400),
          error !== undefined && error !== 'invalid_request' && `the error is ${error}`,
        );
        if (problem !== undefined) return problem;
      }
      return undefined;
    },
  },
  {
    name: 'something that is no token is answered 401',
    covers: ['invalid-401'],
    run: (subject, revision) => refused('no token of this server', subject, revision, NO_TOKEN),
  },
  {
    name: 'the challenge to a refused token says invalid_token and where the metadata is',
    covers: ['invalid-token-error'],
    run: async (subject, revision) => {
      const answer = await send(subject, firstMessage(revision), { token: NO_TOKEN });
      const error = bearerChallenge(answer.authenticate)?.parameters.get('error');
      return first(
        error !== 'invalid_token' && `error is ${error}`,
        announcedUrl(answer) === undefined && 'no resource_metadata',
      );
    },
  },
  {
    name: 'without credentials every method, tool and malformed message gets the same response',
    covers: ['checked-first'],
    run: async (subject, revision) => {
      const { headers } = firstMessage(revision);
      const answers = await Promise.all([
        send(subject, message(revision, 'no/such/method')),
        send(subject, toolCall(revision, 'no-such-tool')),
        send(subject, message(revision, 'notifications/initialized')),
        send(subject, { headers, body: '{' }),
      ]);
      return first(...answers.map((answer) => expectStatus('a message without a token', answer, 401)));
    },
  },
  {
    name: 'an answer never repeats the token',
    covers: ['token-not-repeated'],
    run: async (subject, revision) => {
      const { headers, body, authenticate } = await send(subject, firstMessage(revision), {
        token: NO_TOKEN,
      });
      const whole = `${JSON.stringify(headers)}${authenticate ?? ''}${body}`;
      return whole.includes(NO_TOKEN) ? 'the answer contains the token' : undefined;
    },
  },
];
