import { STANDARDS } from '#features/discovery/standards.ts';
import type { SignInTarget } from '#features/discovery/target.ts';
import type { TokenFacts } from '#features/discovery/token-facts.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** The subject of the rules for tokens. */
type TokenContext = {
  target: Pick<SignInTarget, 'resource' | 'issuer'>;
  token: TokenFacts;
  /** Scopes of the authorization request. */
  requested: readonly string[] | undefined;
  /** Scopes that the token response named. */
  granted: readonly string[] | undefined;
  hasRefreshToken: boolean;
  exchangeId: string;
};

const quote = (text: string) => `"${sanitize(text, 200)}"`;
const LONG_SECONDS = 24 * 3600;

const audience: Rule<TokenContext> = ({ token, target, exchangeId }) => {
  if (token.format !== 'jwt' || token.audience?.includes(target.resource)) return undefined;
  const clientIdAudience = token.audience?.some((value) => !URL.canParse(value));
  return {
    id: 'token-audience',
    severity: 'error',
    title: 'The token is not meant for this server',
    observed: token.audience
      ? `aud is ${quote(token.audience.join(' '))}, the resource is ${quote(target.resource)}.`
      : `There is no aud; the resource is ${quote(target.resource)}.`,
    reference: STANDARDS.mcpAudience,
    fix: clientIdAudience
      ? 'Register the resource URL with the authorization server as a resource indicator (in WorkOS: Connect, Configuration), to the character.'
      : 'Issue tokens whose aud is the requested resource, to the character.',
    exchangeId,
  };
};

const manyAudiences: Rule<TokenContext> = ({ token, target, exchangeId }) =>
  token.audience !== undefined && token.audience.length > 1 && token.audience.includes(target.resource)
    ? {
        id: 'token-several-audiences',
        severity: 'warning',
        title: 'The token is good for several servers',
        observed: `aud is ${quote(token.audience.join(' '))}: any of them could use it at the others.`,
        reference: STANDARDS.mcpAudience,
        fix: 'Issue one token for each resource.',
        exchangeId,
      }
    : undefined;

const issuer: Rule<TokenContext> = ({ token, target, exchangeId }) =>
  token.format === 'jwt' && token.issuer !== undefined && token.issuer !== target.issuer
    ? {
        id: 'token-issuer',
        severity: 'warning',
        title: 'The token names another issuer',
        observed: `iss is ${quote(token.issuer)}, signed in at ${quote(target.issuer)}.`,
        reference: STANDARDS.issuerValidation,
        fix: 'Use one issuer everywhere, to the character.',
        exchangeId,
      }
    : undefined;

const moreThanAsked: Rule<TokenContext> = ({ granted, token, requested, exchangeId }) => {
  const held = granted ?? token.scopes;
  const extra = requested === undefined ? [] : (held ?? []).filter((scope) => !requested.includes(scope));
  return extra.length > 0
    ? {
        id: 'scopes-more-than-asked',
        severity: 'warning',
        title: 'More scopes were granted than asked for',
        observed: `Also granted: ${quote(extra.join(' '))}.`,
        reference: STANDARDS.scope,
        fix: 'Grant what was asked for, or less.',
        exchangeId,
      }
    : undefined;
};

const longLived: Rule<TokenContext> = ({ token, exchangeId }) =>
  token.lifetime !== undefined && token.lifetime > LONG_SECONDS
    ? {
        id: 'token-long-lived',
        severity: 'warning',
        title: 'The access token lives for more than a day',
        observed: `It is good for ${Math.round(token.lifetime / 3600)} hours.`,
        reference: STANDARDS.mcpTokens,
        fix: 'Minutes are enough when there is a refresh token.',
        exchangeId,
      }
    : undefined;

const noRefresh: Rule<TokenContext> = ({ hasRefreshToken, exchangeId }) =>
  hasRefreshToken
    ? undefined
    : {
        id: 'no-refresh-token',
        severity: 'note',
        title: 'There is no refresh token',
        observed: 'When the access token ends, people have to sign in again.',
        reference: STANDARDS.mcpRefresh,
        fix: 'Give one to clients whose grant_types hold refresh_token, and offer offline_access if you ask for it.',
        exchangeId,
      };

const RULES: readonly Rule<TokenContext>[] = [
  audience,
  manyAudiences,
  issuer,
  moreThanAsked,
  longLived,
  noRefresh,
];

/** What there is to say about the tokens of a sign-in. */
export function tokenFindings(context: TokenContext): Finding[] {
  return applyRules(RULES, context);
}
