import { quote } from '#features/discovery/problems.ts';
import { STANDARDS } from '#features/discovery/standards.ts';
import type { SignInTarget } from '#features/discovery/target.ts';
import type { TokenFacts } from '#features/discovery/token-facts.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';

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
      ? 'Register the resource URL with the authorization server as a resource indicator (in WorkOS: Connect, Configuration), exactly as written here.'
      : 'Issue tokens whose aud is exactly the requested resource.',
    exchangeId,
  };
};

const manyAudiences: Rule<TokenContext> = ({ token, target, exchangeId }) =>
  token.audience !== undefined && token.audience.length > 1 && token.audience.includes(target.resource)
    ? {
        id: 'token-several-audiences',
        severity: 'warning',
        title: 'The token is valid for several servers',
        observed: `aud is ${quote(token.audience.join(' '))}: each of them could use it at the others.`,
        reference: STANDARDS.mcpAudience,
        fix: 'Issue one token per resource.',
        exchangeId,
      }
    : undefined;

const issuer: Rule<TokenContext> = ({ token, target, exchangeId }) =>
  token.format === 'jwt' && token.issuer !== undefined && token.issuer !== target.issuer
    ? {
        id: 'token-issuer',
        severity: 'warning',
        title: 'The token has another issuer',
        observed: `iss is ${quote(token.issuer)}, signed in at ${quote(target.issuer)}.`,
        reference: STANDARDS.issuerValidation,
        fix: 'Use exactly the same issuer everywhere.',
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
        title: 'More scopes were granted than requested',
        observed: `Also granted: ${quote(extra.join(' '))}.`,
        reference: STANDARDS.scope,
        fix: 'Grant the requested scopes or fewer.',
        exchangeId,
      }
    : undefined;
};

const longLived: Rule<TokenContext> = ({ token, exchangeId }) =>
  token.lifetime !== undefined && token.lifetime > LONG_SECONDS
    ? {
        id: 'token-long-lived',
        severity: 'warning',
        title: 'The access token is valid for more than a day',
        observed: `Its lifetime is ${Math.round(token.lifetime / 3600)} hours.`,
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
        observed: 'When the access token expires, users must sign in again.',
        reference: STANDARDS.mcpRefresh,
        fix: 'Issue one to clients with refresh_token in grant_types, and support offline_access if you require it.',
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

/** Findings about the tokens of a sign-in. */
export function tokenFindings(context: TokenContext): Finding[] {
  return applyRules(RULES, context);
}
