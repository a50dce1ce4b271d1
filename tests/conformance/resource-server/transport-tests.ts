import { validToken } from './attempt.ts';
import { exchange } from './exchange.ts';
import { firstMessage, message } from './message.ts';
import { send } from './subject.ts';
import { expectStatus, NotApplicable, type TestCase } from './test-case.ts';

/** Requests that a good token must not save, and one that it must. */
export const transportTests: readonly TestCase[] = [
  {
    name: 'a page of a foreign origin gets nothing, with a good token too',
    covers: ['origin'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const token = await validToken(subject);
      for (const origin of ['https://attacker.example', 'null']) {
        const answer = await send(subject, firstMessage(revision), { token, headers: { origin } });
        if (answer.status < 400) return `Origin ${origin} was answered ${answer.status}`;
      }
      return undefined;
    },
  },
  {
    name: 'a page of a foreign origin is answered 403',
    covers: ['origin-403'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const headers = { origin: 'https://attacker.example' };
      const token = await validToken(subject);
      return expectStatus(
        'a foreign Origin',
        await send(subject, firstMessage(revision), { token, headers }),
        403,
      );
    },
  },
  {
    name: 'a page whose name was rebound to this machine gets nothing',
    covers: ['host'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const { hostname } = new URL(subject.url);
      if (!/^(localhost|127\..*|\[::1\])$/.test(hostname))
        throw new NotApplicable('the server is not on this machine');
      const headers = { host: 'attacker.example', origin: 'http://attacker.example' };
      const answer = await send(subject, firstMessage(revision), {
        token: await validToken(subject),
        headers,
      });
      return answer.status < 400 ? `Host attacker.example was answered ${answer.status}` : undefined;
    },
  },
  {
    name: 'an unknown protocol version is answered 400',
    covers: ['version-400'],
    needs: ['valid'],
    run: async (subject, revision) => {
      const { headers, body } = message(revision, 'tools/list');
      const unknown = '1999-01-01';
      const answer = await exchange(subject.url, {
        method: 'POST',
        headers: {
          ...headers,
          authorization: `Bearer ${await validToken(subject)}`,
          'mcp-protocol-version': unknown,
        },
        body: body.replaceAll(`"${revision}"`, `"${unknown}"`),
      });
      return expectStatus('an unknown version', answer, 400);
    },
  },
];
