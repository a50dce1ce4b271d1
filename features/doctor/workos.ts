import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { RESERVED_CLIENT_HOST, resourceUrl, signInCallbackUrl } from '#lib/config/urls.ts';
import { createWorkos } from '#lib/workos/client.ts';
import { workosStatus } from '#lib/workos/errors.ts';
import { DOCUMENTS } from './documents.ts';

/** Status with which WorkOS answers, 200 for any success; undefined when it does not. */
async function statusOf(request: Promise<unknown>): Promise<number | undefined> {
  try {
    await request;
    return 200;
  } catch (error) {
    return workosStatus(error);
  }
}

/** Whether WorkOS takes the API key and knows the client id; and what to enter in its dashboard, which no API shows. */
export async function workosFindings(config: Config): Promise<Finding[]> {
  const workos = createWorkos(config);
  const findings: Finding[] = [];
  // Nobody has this id: a key that is taken gets 404, and no person's data is read.
  const key = await statusOf(workos.get('/user_management/users/user_doctor'));
  if (key === undefined || key >= 500)
    findings.push({
      id: 'workos-unreachable',
      severity: 'error',
      title: 'The WorkOS API does not answer',
      observed: `${config.workos.api.hostname}: ${key === undefined ? 'no answer' : `status ${key}`}.`,
      reference: DOCUMENTS.apiKeys,
      fix: `Let this machine reach https://${config.workos.api.hostname}. WORKOS_API_HOSTNAME and its siblings stay empty for api.workos.com.`,
    });
  else if (key === 401 || key === 403)
    findings.push({
      id: 'workos-api-key-refused',
      severity: 'error',
      title: 'WorkOS refuses the API key',
      observed: `Status ${key} for WORKOS_API_KEY (${config.workos.apiKey.length} characters, not shown).`,
      reference: DOCUMENTS.apiKeys,
      fix: 'Copy the key of the same environment as AUTHKIT_DOMAIN: WorkOS dashboard, API Keys.',
    });
  const client = await statusOf(workos.get(`/sso/jwks/${encodeURIComponent(config.workos.clientId)}`));
  if (client !== undefined && client >= 400 && client < 500)
    findings.push({
      id: 'workos-client-id-unknown',
      severity: 'error',
      title: 'WorkOS does not know the client id',
      observed: `Status ${client} for the keys of ${config.workos.clientId}.`,
      reference: DOCUMENTS.apiKeys,
      fix: 'Set WORKOS_CLIENT_ID to the client id beside the API key: WorkOS dashboard, API Keys.',
    });
  return [...findings, ...dashboardNotes(config)];
}

/** What the inspector cannot do from a machine that AuthKit cannot reach. */
const PRIVATE_DOCUMENT: Finding = {
  id: 'client-document-private',
  severity: 'note',
  title: 'AuthKit cannot read the client document of this machine',
  observed: `The inspector names itself by https://${RESERVED_CLIENT_HOST}, which only local AuthKit knows. Other clients are not concerned.`,
  reference: DOCUMENTS.authkitMcp,
  fix: 'Let the inspector register instead, or set APP_URL to an https tunnel to this machine, with DATABASE_URL=pglite:.data/pglite.',
};

function dashboardNotes(config: Config): Finding[] {
  if (config.loopback && config.authkitDomain.startsWith('http:')) return [];
  return [
    ...(config.loopback ? [PRIVATE_DOCUMENT] : []),
    {
      id: 'redirect-uris',
      severity: 'note',
      title: 'Redirect URIs cannot be read from outside',
      observed: `People come back to ${signInCallbackUrl(config)} after signing in, and to ${config.appUrl}/ after signing out.`,
      reference: DOCUMENTS.redirects,
      fix: 'Enter both, to the character: WorkOS dashboard, Redirects.',
    },
    {
      id: 'resource-indicator',
      severity: 'note',
      title: 'Resource indicators cannot be read from outside',
      observed: `Tokens must be issued for ${resourceUrl(config)}. Without that indicator their aud is the client id, and every call is refused.`,
      reference: DOCUMENTS.authkitMcp,
      fix: `Enter ${resourceUrl(config)} in the WorkOS dashboard, Connect, Configuration, or run npm run doctor -- --register-resource. To be sure, pipe an access token to npm run doctor -- --token.`,
    },
  ];
}

/** Registers the resource indicator of this deployment at WorkOS. */
export async function registerResource(config: Config): Promise<Finding> {
  const uri = resourceUrl(config);
  const status = await statusOf(
    createWorkos(config).post('/user_management/authkit_oauth_resources', { uri }),
  );
  const shared = { reference: DOCUMENTS.authkitMcp, observed: `${uri}: status ${status ?? 'none'}.` };
  if (status === 200)
    return {
      ...shared,
      id: 'resource-registered',
      severity: 'note',
      title: 'The resource indicator is registered',
      fix: 'Nothing to do. Tokens are issued for it from now on.',
    };
  if (status === 409 || status === 422)
    return {
      ...shared,
      id: 'resource-not-registered',
      severity: 'warning',
      title: 'WorkOS did not take the resource indicator',
      fix: 'It may be registered already: look in the WorkOS dashboard, Connect, Configuration.',
    };
  return {
    ...shared,
    id: 'resource-not-registered',
    severity: 'error',
    title: 'The resource indicator could not be registered',
    fix: 'Enter it in the WorkOS dashboard, Connect, Configuration.',
  };
}
