import { decodeJwt, decodeProtectedHeader } from 'jose';
import { STANDARDS } from '#features/discovery/standards.ts';
import { readToken, type TokenFacts } from '#features/discovery/token-facts.ts';
import { type Finding, rfc } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';
import type { Config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { REFERENCES } from './references.ts';

/** The possible causes of a wrong audience. Which one it is, the token does not say. */
function audienceFix({ workos, ...config }: Config, audience: readonly string[]): string {
  const resource = resourceUrl(config);
  const signInAgain = 'Then sign in again: old tokens keep their aud.';
  if (audience.some((value) => value === workos.clientId || value.startsWith('client_')))
    return `Either ${resource} is not registered as a resource indicator, or the client sent no resource. Register exactly this URL and set it as default: WorkOS dashboard, Connect, Configuration. npm run doctor shows what is registered. ${signInAgain}`;
  if (audience.some((value) => URL.canParse(value)))
    return `The token was issued for that resource. Register exactly ${resource} as a resource indicator (WorkOS dashboard, Connect, Configuration), and give clients this URL. If nothing asks for the other one, look for aud in the JWT template. ${signInAgain}`;
  return `Neither a resource nor a client ID: look for aud in the JWT template (WorkOS dashboard, Authentication, Sessions) and remove it. ${signInAgain}`;
}

/** Clients that treat a token as expired when at most this many seconds are left, however long it lives. */
const IMPATIENT_SECONDS = 300;

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
          fix: audienceFix(config, facts.audience ?? []),
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
  ({ facts: { lifetime } }) =>
    lifetime !== undefined && lifetime <= IMPATIENT_SECONDS
      ? {
          id: 'token-lifetime-short',
          severity: 'note',
          title: 'Some clients cannot use tokens of this lifetime',
          observed: `The token is valid for ${lifetime} s. Gemini CLI and Qwen Code treat a token with ${IMPATIENT_SECONDS} s left as expired.`,
          fix: 'If people use these clients, raise the access token duration (WorkOS dashboard, Applications, your application, Sessions), and check a new token: WorkOS documents that setting for page sessions only.',
          reference: REFERENCES.sessions,
        }
      : undefined,
  ({ claims }) =>
    claims.sub !== undefined && (claims.sub === claims.client_id || claims.sub === claims.azp)
      ? {
          id: 'token-of-application',
          severity: 'error',
          title: 'The token belongs to an application, not to a person',
          observed: 'sub is the client ID: a token of the client credentials grant.',
          fix: 'Use a token that a person consented to.',
          reference: rfc(9068, '2.2'),
        }
      : undefined,
  ({ claims: { permissions, org_id } }) => {
    const guarded = tools.filter(({ permission }) => permission !== undefined).map(({ name }) => name);
    return guarded.length === 0 || Array.isArray(permissions) || typeof org_id === 'string'
      ? undefined
      : {
          id: 'token-without-organization',
          severity: 'note',
          title: 'Some tools are hidden from this client',
          observed: `The token names no organization and no permissions, so the person has no role: ${guarded.join(', ')} cannot be used with it.`,
          fix: 'Make the person a member of an organization, with a role that has the permission, and let them choose it when they consent.',
          reference: REFERENCES.roles,
        };
  },
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
