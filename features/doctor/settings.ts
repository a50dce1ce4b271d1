import type { Finding } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';
import type { Config } from '#lib/config/env.ts';
import { isNear } from '#lib/db/tls.ts';
import { REFERENCES } from './references.ts';

/** Reported where the issuer is on this computer. */
export const LOCAL_AUTHKIT: Finding = {
  id: 'local-authkit',
  severity: 'note',
  title: 'Local AuthKit is used',
  observed:
    'The authorization server is on this computer. npm run dev and npm run local start it while WORKOS_API_KEY is not set.',
  fix: 'For a deployment set WORKOS_API_KEY, WORKOS_CLIENT_ID, WORKOS_COOKIE_PASSWORD, AUTHKIT_DOMAIN, APP_URL and DATABASE_URL.',
  reference: REFERENCES.variables,
};

const RULES: readonly Rule<Config>[] = [
  ({ workos: { apiKey } }) =>
    apiKey.startsWith('client_')
      ? {
          id: 'api-key-is-client-id',
          severity: 'error',
          title: 'WORKOS_API_KEY has a client ID',
          observed: 'WORKOS_API_KEY begins with client_.',
          fix: 'Set WORKOS_API_KEY to the secret key (sk_…) and WORKOS_CLIENT_ID to the client ID: WorkOS dashboard, API Keys.',
          reference: REFERENCES.apiKeys,
        }
      : undefined,
  ({ workos: { clientId } }) =>
    clientId.startsWith('sk_')
      ? {
          id: 'client-id-is-api-key',
          severity: 'error',
          title: 'WORKOS_CLIENT_ID has a secret key',
          observed: 'WORKOS_CLIENT_ID (not shown) begins with sk_. A client ID appears in URLs and logs.',
          fix: 'Set WORKOS_CLIENT_ID to the client ID (client_…), and replace the secret key if the app has run with it: WorkOS dashboard, API Keys.',
          reference: REFERENCES.apiKeys,
        }
      : undefined,
  ({ authkitDomain, workos: { api } }) =>
    new URL(authkitDomain).hostname === 'api.workos.com'
      ? {
          id: 'authkit-domain-is-api',
          severity: 'error',
          title: 'AUTHKIT_DOMAIN is the WorkOS API',
          observed: `AUTHKIT_DOMAIN is ${authkitDomain}; the API host is ${api.hostname}.`,
          fix: 'Set AUTHKIT_DOMAIN to your AuthKit domain, https://<subdomain>.authkit.app: WorkOS dashboard, Domains.',
          reference: REFERENCES.authkitMcp,
        }
      : undefined,
];

/** Values that are valid but in the wrong variable. Needs no network, and shows no secret. */
export function settingsFindings(config: Config): Finding[] {
  return applyRules(RULES, config);
}

const ADVICE: readonly Rule<Config>[] = [
  ({ extraAudiences }) =>
    extraAudiences.length > 0
      ? {
          id: 'extra-audiences',
          severity: 'warning',
          title: 'Tokens for other audiences are accepted',
          observed: `MCP_EXTRA_AUDIENCES is ${extraAudiences.join(', ')}. Tokens that other applications of the environment got for these audiences are accepted here, too.`,
          fix: 'Register the resource indicator (npm run doctor -- --register-resource), let clients sign in again, then remove MCP_EXTRA_AUDIENCES.',
          reference: REFERENCES.authkitMcp,
        }
      : undefined,
  ({ loopback, platform, appUrl, trustedProxyHops }) =>
    !loopback && platform === 'node' && trustedProxyHops === 0
      ? {
          id: 'trusted-proxy-hops',
          severity: 'warning',
          title: 'All clients share one address',
          observed: `APP_URL is ${appUrl}, and the app itself serves plain http, so a proxy is in front of it. With TRUSTED_PROXY_HOPS 0 every request seems to come from that proxy: forged tokens of one sender count for everyone.`,
          fix: 'Set TRUSTED_PROXY_HOPS to the number of proxies in front of the app, usually 1.',
          reference: REFERENCES.variables,
        }
      : undefined,
  ({ loopback, appUrl, webhookSecret }) =>
    !loopback && webhookSecret === undefined
      ? {
          id: 'webhook-off',
          severity: 'note',
          title: 'WorkOS does not report changes',
          observed:
            'WORKOS_WEBHOOK_SECRET is not set. What is stored of a person who is deleted at WorkOS stays, and a session or a membership that ends there ends here when its token expires.',
          fix: `In the WorkOS dashboard, Webhooks, add ${appUrl}/webhooks/workos, and set WORKOS_WEBHOOK_SECRET to its secret.`,
          reference: REFERENCES.deploying,
        }
      : undefined,
  ({ database }) => (database.kind === 'postgres' ? encryptionFinding(database.url) : undefined),
];

/** Settings that work, with a consequence that the owner should know. Needs no network, and shows no secret. */
export function adviceFindings(config: Config): Finding[] {
  return applyRules(ADVICE, config);
}

function encryptionFinding(url: string): Finding | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === '' || isNear(parsed.hostname)) return undefined;
  const mode = parsed.searchParams.get('sslmode');
  const shared = { severity: 'warning', reference: REFERENCES.variables } as const;
  if (mode === 'disable')
    return {
      ...shared,
      id: 'database-unencrypted',
      title: 'The connection to the database is not encrypted',
      observed: `DATABASE_URL names ${parsed.hostname} with sslmode=disable: the data cross the network in clear text.`,
      fix: 'Remove sslmode=disable from DATABASE_URL, and set DATABASE_CA for a certificate authority of your own.',
    };
  return mode === 'no-verify'
    ? {
        ...shared,
        id: 'database-unverified',
        title: 'The certificate of the database is not verified',
        observed: 'DATABASE_URL has sslmode=no-verify: another host can answer in its place.',
        fix: 'Remove sslmode=no-verify from DATABASE_URL, and set DATABASE_CA for a certificate authority of your own.',
      }
    : undefined;
}
