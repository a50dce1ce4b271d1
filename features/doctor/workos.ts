import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { RESERVED_CLIENT_HOST, resourceUrl, signInCallbackUrl } from '#lib/config/urls.ts';
import { createWorkos } from '#lib/workos/client.ts';
import { workosStatus } from '#lib/workos/errors.ts';
import { REFERENCES } from './references.ts';

/** Status of the response of WorkOS, 200 for any success; undefined without a response. */
async function statusOf(request: Promise<unknown>): Promise<number | undefined> {
  try {
    await request;
    return 200;
  } catch (error) {
    return workosStatus(error);
  }
}

/** Checks that WorkOS accepts the API key and knows the client ID. Notes what must be set in its dashboard, which no API shows. */
export async function workosFindings(config: Config): Promise<Finding[]> {
  const workos = createWorkos(config);
  const findings: Finding[] = [];
  // No user has this id: an accepted key gets 404, and no user's data is read.
  const key = await statusOf(workos.get('/user_management/users/user_doctor'));
  if (key === undefined || key >= 500)
    findings.push({
      id: 'workos-unreachable',
      severity: 'error',
      title: 'The WorkOS API is unreachable',
      observed: `${config.workos.api.hostname}: ${key === undefined ? 'no answer' : `status ${key}`}.`,
      reference: REFERENCES.apiKeys,
      fix: `Allow this computer to reach https://${config.workos.api.hostname}. Leave WORKOS_API_HOSTNAME, WORKOS_API_PORT and WORKOS_API_HTTPS empty for api.workos.com.`,
    });
  else if (key === 401 || key === 403)
    findings.push({
      id: 'workos-api-key-refused',
      severity: 'error',
      title: 'WorkOS refuses the API key',
      observed: `Status ${key} for WORKOS_API_KEY (${config.workos.apiKey.length} characters, not shown).`,
      reference: REFERENCES.apiKeys,
      fix: 'Copy the key of the same environment as AUTHKIT_DOMAIN: WorkOS dashboard, API Keys.',
    });
  const client = await statusOf(workos.get(`/sso/jwks/${encodeURIComponent(config.workos.clientId)}`));
  if (client !== undefined && client >= 400 && client < 500)
    findings.push({
      id: 'workos-client-id-unknown',
      severity: 'error',
      title: 'WorkOS does not know the client ID',
      observed: `Status ${client} for the keys of ${config.workos.clientId}.`,
      reference: REFERENCES.apiKeys,
      fix: 'Set WORKOS_CLIENT_ID to the client ID beside the API key: WorkOS dashboard, API Keys.',
    });
  return [...findings, ...dashboardNotes(config)];
}

/** Sign-in of this app as a client, with CIMD, needs a document that AuthKit can fetch. */
const PRIVATE_DOCUMENT: Finding = {
  id: 'client-document-private',
  severity: 'note',
  title: 'AuthKit cannot fetch the client metadata document of this computer',
  observed: `The client ID of this app is at https://${RESERVED_CLIENT_HOST}, which only local AuthKit knows. Other clients are not affected.`,
  reference: REFERENCES.authkitMcp,
  fix: 'Register this app as a client instead, or set APP_URL to an https tunnel to this computer, with DATABASE_URL=pglite:.data/pglite.',
};

function dashboardNotes(config: Config): Finding[] {
  if (config.loopback && config.authkitDomain.startsWith('http:')) return [];
  return [
    ...(config.loopback ? [PRIVATE_DOCUMENT] : []),
    {
      id: 'redirect-uris',
      severity: 'note',
      title: 'Redirect URIs cannot be verified',
      observed: `Sign-in returns to ${signInCallbackUrl(config)}, sign-out to ${config.appUrl}/. No API lists what is registered.`,
      reference: REFERENCES.redirects,
      fix: 'Register exactly these URLs: WorkOS dashboard, Redirects.',
    },
    {
      id: 'resource-indicator',
      severity: 'note',
      title: 'The resource indicator cannot be verified',
      observed: `Tokens must be issued for ${resourceUrl(config)}. Without that resource indicator their aud is the client ID, and every call is refused.`,
      reference: REFERENCES.authkitMcp,
      fix: `Register ${resourceUrl(config)} in the WorkOS dashboard, Connect, Configuration, or run npm run doctor -- --register-resource. To verify it, pipe an access token to npm run doctor -- --token.`,
    },
  ];
}

/** Reported instead of a registration while local AuthKit is used. */
export const WORKOS_NOT_CONFIGURED: Finding = {
  id: 'workos-not-configured',
  severity: 'error',
  title: 'WORKOS_API_KEY is not set',
  observed: 'A resource indicator is registered at WorkOS. Local AuthKit needs none.',
  fix: 'Set WORKOS_API_KEY and the other variables of your WorkOS environment, then run this again.',
  reference: REFERENCES.variables,
};

/** Registers the resource indicator of this deployment at WorkOS. */
export async function registerResource(config: Config): Promise<Finding> {
  const uri = resourceUrl(config);
  const status = await statusOf(
    createWorkos(config).post('/user_management/authkit_oauth_resources', { uri }),
  );
  const shared = { reference: REFERENCES.authkitMcp, observed: `${uri}: status ${status ?? 'none'}.` };
  if (status === 200)
    return {
      ...shared,
      id: 'resource-registered',
      severity: 'note',
      title: 'The resource indicator is registered',
      fix: 'Nothing to do. New tokens are issued for it.',
    };
  if (status === 409 || status === 422)
    return {
      ...shared,
      id: 'resource-not-registered',
      severity: 'warning',
      title: 'WorkOS did not accept the resource indicator',
      fix: 'It may be registered already: look in the WorkOS dashboard, Connect, Configuration.',
    };
  return {
    ...shared,
    id: 'resource-not-registered',
    severity: 'error',
    title: 'The resource indicator could not be registered',
    fix: 'Register it in the WorkOS dashboard, Connect, Configuration.',
  };
}
