import { decodeJwt, decodeProtectedHeader } from 'jose';
import { STANDARDS } from '#features/discovery/standards.ts';
import { readToken, type TokenFacts } from '#features/discovery/token-facts.ts';
import { type Finding, rfc } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';
import type { Config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { REFERENCES } from './references.ts';

type TokenToCheck = {
  config: Config;
  facts: TokenFacts;
  algorithm: unknown;
  claims: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch. */
  now: number;
};

const RULES: readonly Rule<TokenToCheck>[] = [
  ({ algorithm }) =>
    algorithm === 'RS256'
      ? undefined
      : {
          id: 'token-algorithm',
          severity: 'error',
          title: 'The token is not signed with RS256',
          observed: `alg is ${sanitize(algorithm, 40) || 'missing'}.`,
          fix: 'Use an access token of AuthKit. It signs with RS256, and nothing else is accepted.',
          reference: rfc(9068, '4'),
        },
  ({ config, facts }) => {
    const resource = resourceUrl(config);
    const accepted = [resource, ...config.extraAudiences];
    return facts.audience?.some((audience) => accepted.includes(audience))
      ? undefined
      : {
          id: 'token-audience',
          severity: 'error',
          title: 'The token is not meant for this server',
          observed: `aud is ${facts.audience ? facts.audience.map((value) => sanitize(value, 120)).join(', ') : 'missing'}; expected ${resource}.`,
          fix: `Register exactly ${resource} as a resource indicator: WorkOS dashboard, Connect, Configuration.`,
          reference: STANDARDS.mcpAudience,
        };
  },
  ({ config, facts }) =>
    facts.issuer === config.authkitDomain
      ? undefined
      : {
          id: 'token-issuer',
          severity: 'error',
          title: 'The token comes from another issuer',
          observed: `iss is ${sanitize(facts.issuer, 120) || 'missing'}; AUTHKIT_DOMAIN is ${config.authkitDomain}.`,
          fix: 'Set AUTHKIT_DOMAIN to the issuer. A session token of the pages (api.workos.com) is not an access token and is never accepted.',
          reference: REFERENCES.authkitMcp,
        },
  ({ claims }) => {
    const missing = [
      ...['exp', 'iat'].filter((name) => typeof claims[name] !== 'number'),
      ...(typeof claims.sub === 'string' ? [] : ['sub']),
    ];
    return missing.length === 0
      ? undefined
      : {
          id: 'token-claims-missing',
          severity: 'error',
          title: 'The token lacks required claims',
          observed: `Missing or of the wrong type: ${missing.join(', ')}.`,
          fix: 'Use an access token of AuthKit, which has exp, iat and sub.',
          reference: rfc(9068, '2.2'),
        };
  },
  ({ claims: { exp }, now }) =>
    typeof exp === 'number' && exp < now
      ? {
          id: 'token-expired',
          severity: 'warning',
          title: 'The token has expired',
          observed: `It expired ${now - exp} seconds ago.`,
          fix: 'Use a fresh token. The other findings still apply.',
          reference: STANDARDS.mcpTokens,
        }
      : undefined,
];

/**
 * Checks whether this deployment would accept an access token: algorithm, audience, issuer, required claims, expiry.
 * The signature is not verified. Of the token only these values are shown.
 *
 * @param now - seconds since the epoch
 */
export function checkToken(config: Config, token: string, now = Math.floor(Date.now() / 1000)): Finding[] {
  const facts = readToken(token);
  if (facts.format === 'opaque')
    return [
      {
        id: 'token-not-jwt',
        severity: 'error',
        title: 'This is not an access token of AuthKit',
        observed: 'It is not a JWT.',
        fix: 'Use the access_token that a client received for this server.',
        reference: REFERENCES.authkitMcp,
      },
    ];
  const { alg: algorithm } = decodeProtectedHeader(token);
  return applyRules(RULES, { config, facts, algorithm, claims: decodeJwt(token), now });
}
