import { refused, validToken } from './attempt.ts';
import { altered, confused, ownKey, takeApart, unsigned } from './forgery.ts';
import type { Subject } from './subject.ts';
import { NotApplicable, type TestCase } from './test-case.ts';

const HOUR_S = 3600;

const mint = ({ tokens }: Subject, changes: Record<string, unknown>) => {
  if (!tokens.mint) throw new NotApplicable('no token can be made');
  return tokens.mint(changes);
};

const held = async (subject: Subject) => takeApart(await validToken(subject));
const seconds = () => Math.floor(Date.now() / 1000);

/** Tokens that were made, changed or kept by an attacker. */
export const forgedTokenTests: readonly TestCase[] = [
  {
    name: 'a token that was changed after it was signed is refused',
    covers: ['signature'],
    needs: ['valid'],
    once: true,
    run: async (subject, revision) =>
      refused('a changed token', subject, revision, altered(await held(subject))),
  },
  {
    name: 'an unsigned token is refused, however "none" is spelled',
    covers: ['algorithm'],
    needs: ['valid'],
    once: true,
    run: async (subject, revision) => {
      const token = await held(subject);
      const forged = ['none', 'None', 'NONE'].map((alg) => unsigned(token, alg));
      return refused('an unsigned token', subject, revision, ...forged);
    },
  },
  {
    name: 'a token signed with the public key as a secret is refused',
    covers: ['algorithm'],
    needs: ['valid'],
    once: true,
    run: async (subject, revision) => {
      const forged = await confused(subject, await held(subject));
      if (forged.length === 0) throw new NotApplicable('the issuer has no RSA key');
      return refused('a token signed with the public key', subject, revision, ...forged);
    },
  },
  {
    name: 'a token that brings its own key is refused',
    covers: ['foreign-key'],
    needs: ['valid'],
    once: true,
    run: async (subject, revision) =>
      refused('a token with its own key', subject, revision, ...(await ownKey(await held(subject)))),
  },
  {
    name: 'an expired token is refused',
    covers: ['expiry'],
    needs: ['expired'],
    once: true,
    run: async (subject, revision) =>
      refused('an expired token', subject, revision, (await subject.tokens.expired?.()) ?? ''),
  },
  {
    name: 'a token of tomorrow is refused',
    covers: ['not-before'],
    needs: ['mint'],
    once: true,
    run: async (subject, revision) =>
      refused('a future token', subject, revision, await mint(subject, { nbf: seconds() + HOUR_S })),
  },
  {
    name: 'a token without an end is refused',
    covers: ['expiry-required'],
    needs: ['mint'],
    once: true,
    run: async (subject, revision) =>
      refused('a token without exp', subject, revision, await mint(subject, { exp: undefined })),
  },
  {
    name: 'a token that names another issuer is refused',
    covers: ['issuer'],
    needs: ['mint'],
    once: true,
    run: async (subject, revision) => {
      const { iss } = (await held(subject)).claims;
      const names = ['https://attacker.example', `${iss}/`, undefined];
      const tokens = await Promise.all(names.map((name) => mint(subject, { iss: name })));
      return refused('a token of another issuer', subject, revision, ...tokens);
    },
  },
  {
    name: 'a token of the same authorization server for another resource is refused',
    covers: ['audience'],
    needs: ['otherAudience'],
    run: async (subject, revision) =>
      refused(
        'a token for another resource',
        subject,
        revision,
        (await subject.tokens.otherAudience?.()) ?? '',
      ),
  },
  {
    name: 'a token whose audience is missing or only resembles the resource is refused',
    covers: ['audience-exact'],
    needs: ['mint'],
    once: true,
    run: async (subject, revision) => {
      const { url } = subject;
      const { origin, pathname } = new URL(url);
      const likely = [
        undefined,
        origin,
        `${url}/x`,
        `${url}/`,
        `${url}x`,
        `${origin}${pathname.toUpperCase()}`,
      ];
      const tokens = await Promise.all(likely.map((aud) => mint(subject, { aud })));
      return refused('a similar audience', subject, revision, ...tokens);
    },
  },
];
