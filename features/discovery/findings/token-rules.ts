import { sanitize } from '#lib/text/sanitize.ts';
import type { Finding } from '../finding.ts';
import type { TokenContext } from '../token-facts.ts';
import { STANDARDS } from './standards.ts';

type TokenRule = (context: TokenContext) => Finding | undefined;

const quote = (text: string) => `"${sanitize(text, 200)}"`;
const LONG_SECONDS = 24 * 3600;

const audience: TokenRule = ({ token, target, exchangeId }) => {
  if (token.format !== 'jwt' || token.audience?.includes(target.resource)) return undefined;
  const clientIdAudience = token.audience?.some((value) => !URL.canParse(value));
  return {
    id: 'token-audience',
    severity: 'error',
    title: 'The token is not meant for this server',
    seen: token.audience
      ? `aud is ${quote(token.audience.join(' '))}, the resource is ${quote(target.resource)}.`
      : `There is no aud; the resource is ${quote(target.resource)}.`,
    standard: STANDARDS.mcpAudience,
    fix: clientIdAudience
      ? 'Register the resource URL with the authorization server as a resource indicator (in WorkOS: Connect, Configuration), to the character.'
      : 'Issue tokens whose aud is the requested resource, to the character.',
    exchangeId,
  };
};

const manyAudiences: TokenRule = ({ token, target, exchangeId }) =>
  token.audience !== undefined && token.audience.length > 1 && token.audience.includes(target.resource)
    ? {
        id: 'token-several-audiences',
        severity: 'warning',
        title: 'The token is good for several servers',
        seen: `aud is ${quote(token.audience.join(' '))}: any of them could use it at the others.`,
        standard: STANDARDS.mcpAudience,
        fix: 'Issue one token for each resource.',
        exchangeId,
      }
    : undefined;

const issuer: TokenRule = ({ token, target, exchangeId }) =>
  token.format === 'jwt' && token.issuer !== undefined && token.issuer !== target.issuer
    ? {
        id: 'token-issuer',
        severity: 'warning',
        title: 'The token names another issuer',
        seen: `iss is ${quote(token.issuer)}, signed in at ${quote(target.issuer)}.`,
        standard: STANDARDS.issuerValidation,
        fix: 'Use one issuer everywhere, to the character.',
        exchangeId,
      }
    : undefined;

const moreThanAsked: TokenRule = ({ granted, token, requested, exchangeId }) => {
  const held = granted ?? token.scopes;
  const extra = requested === undefined ? [] : (held ?? []).filter((scope) => !requested.includes(scope));
  return extra.length > 0
    ? {
        id: 'scopes-more-than-asked',
        severity: 'warning',
        title: 'More scopes were granted than asked for',
        seen: `Also granted: ${quote(extra.join(' '))}.`,
        standard: STANDARDS.scope,
        fix: 'Grant what was asked for, or less.',
        exchangeId,
      }
    : undefined;
};

const longLived: TokenRule = ({ token, exchangeId }) =>
  token.lifetime !== undefined && token.lifetime > LONG_SECONDS
    ? {
        id: 'token-long-lived',
        severity: 'warning',
        title: 'The access token lives for more than a day',
        seen: `It is good for ${Math.round(token.lifetime / 3600)} hours.`,
        standard: STANDARDS.mcpTokens,
        fix: 'Minutes are enough when there is a refresh token.',
        exchangeId,
      }
    : undefined;

const noRefresh: TokenRule = ({ hasRefreshToken, exchangeId }) =>
  hasRefreshToken
    ? undefined
    : {
        id: 'no-refresh-token',
        severity: 'note',
        title: 'There is no refresh token',
        seen: 'When the access token ends, people have to sign in again.',
        standard: STANDARDS.mcpRefresh,
        fix: 'Give one to clients whose grant_types hold refresh_token, and offer offline_access if you ask for it.',
        exchangeId,
      };

const RULES: readonly TokenRule[] = [audience, manyAudiences, issuer, moreThanAsked, longLived, noRefresh];

/** What there is to say about the tokens of a sign-in. */
export function tokenFindings(context: TokenContext): Finding[] {
  return RULES.flatMap((rule) => rule(context) ?? []);
}
