import { decodeJwt } from 'jose';
import { STANDARDS } from '#features/discovery/standards.ts';
import { readToken } from '#features/discovery/token-facts.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { DOCUMENTS } from './documents.ts';

/**
 * Whether an access token would be meant for this deployment: issuer, audience, expiry. Its signature is not
 * looked at, and nothing of it but these claims is shown.
 *
 * @param now - seconds since the epoch
 */
export function tokenAgainst(config: Config, token: string, now = Math.floor(Date.now() / 1000)): Finding[] {
  const facts = readToken(token);
  const resource = resourceUrl(config);
  if (facts.format === 'opaque')
    return [
      {
        id: 'token-not-jwt',
        severity: 'error',
        title: 'This is not an access token of AuthKit',
        observed: 'It is not a JWT.',
        reference: DOCUMENTS.authkitMcp,
        fix: 'Take the access_token that a client got for this server; the inspector shows when it arrives.',
      },
    ];
  const findings: Finding[] = [];
  const accepted = [resource, ...config.extraAudiences];
  if (!facts.audience?.some((audience) => accepted.includes(audience)))
    findings.push({
      id: 'token-audience',
      severity: 'error',
      title: 'The token is not meant for this server',
      observed: `aud is ${facts.audience ? facts.audience.map((value) => sanitize(value, 120)).join(', ') : 'missing'}; expected ${resource}.`,
      reference: STANDARDS.mcpAudience,
      fix: `Register ${resource} as a resource indicator, to the character: WorkOS dashboard, Connect, Configuration.`,
    });
  if (facts.issuer !== config.authkitDomain)
    findings.push({
      id: 'token-issuer',
      severity: 'error',
      title: 'The token comes from another issuer',
      observed: `iss is ${sanitize(facts.issuer, 120) || 'missing'}; AUTHKIT_DOMAIN is ${config.authkitDomain}.`,
      reference: DOCUMENTS.authkitMcp,
      fix: 'Set AUTHKIT_DOMAIN to the issuer. A session token of the pages (api.workos.com) is another kind and is never accepted here.',
    });
  const { exp } = decodeJwt(token);
  if (exp !== undefined && exp < now)
    findings.push({
      id: 'token-expired',
      severity: 'warning',
      title: 'The token has expired',
      observed: `It ended ${now - exp} seconds ago.`,
      reference: STANDARDS.mcpTokens,
      fix: 'Take a fresh one. The other findings hold nevertheless.',
    });
  return findings;
}
