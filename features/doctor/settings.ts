import type { Finding } from '#lib/checks/finding.ts';
import { applyRules, type Rule } from '#lib/checks/rule.ts';
import type { Config } from '#lib/config/env.ts';
import { REFERENCES } from './references.ts';

/** Reported where WorkOS is not configured. */
export const LOCAL_AUTHKIT: Finding = {
  id: 'local-authkit',
  severity: 'note',
  title: 'Local AuthKit is used',
  observed:
    'While WORKOS_API_KEY is not set, npm run dev and npm run local start their own AuthKit, on this computer only.',
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
