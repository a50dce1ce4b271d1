import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';
import { REFERENCES } from './references.ts';
import { askWorkos, messageOf, troubleWith, unexpected, type WorkosAnswer } from './workos-api.ts';
import { environmentFindings } from './workos-environment.ts';

/**
 * Checks that WorkOS accepts the API key and knows the client ID, and what is set in the environment: resource
 * indicators, redirect URIs, CORS origins, the JWT template and permissions. Notes what no API shows.
 */
export async function workosFindings(config: Config): Promise<Finding[]> {
  const local = config.loopback && config.authkitDomain.startsWith('http:');
  // No user has this id: an accepted key gets 404, and no user's data is read.
  const answer = await askWorkos(config, '/user_management/users/user_doctor');
  const keyProblem = troubleWith(config, answer) ?? (answer && keyFinding(config, answer));
  const clientProblem =
    answer === undefined || answer.status === 429 ? undefined : await clientIdFinding(config);
  const environment = await environmentFindings(config, keyProblem === undefined);
  return [
    ...(keyProblem ? [keyProblem] : []),
    ...(clientProblem && clientProblem.id !== keyProblem?.id ? [clientProblem] : []),
    // Local AuthKit has no dashboard: only what is wrong counts.
    ...environment.filter(({ severity }) => !local || severity === 'error' || severity === 'warning'),
    ...(config.loopback && !local ? [PRIVATE_DOCUMENT] : []),
  ];
}

function keyFinding(config: Config, answer: WorkosAnswer): Finding | undefined {
  const { status } = answer;
  if (status === 200 || status === 404) return undefined;
  if (status !== 401 && status !== 403) return unexpected(config, answer);
  return {
    id: 'workos-api-key-refused',
    severity: 'error',
    title: 'WorkOS refuses the API key',
    observed: `Status ${status} for WORKOS_API_KEY (${config.workos.apiKey.length} characters, not shown).`,
    reference: REFERENCES.apiKeys,
    fix: 'Copy the key of the same environment as AUTHKIT_DOMAIN: WorkOS dashboard, API Keys.',
  };
}

async function clientIdFinding(config: Config): Promise<Finding | undefined> {
  const { clientId } = config.workos;
  const answer = await askWorkos(config, `/sso/jwks/${encodeURIComponent(clientId)}`);
  if (answer?.status === 404 || answer?.status === 400 || answer?.status === 422)
    return {
      id: 'workos-client-id-unknown',
      severity: 'error',
      title: 'WorkOS does not know the client ID',
      observed: `Status ${answer.status} for the keys of ${clientId}${messageOf(answer)}.`,
      reference: REFERENCES.apiKeys,
      fix: 'Set WORKOS_CLIENT_ID to the client ID beside the API key: WorkOS dashboard, API Keys.',
    };
  return (
    troubleWith(config, answer) ?? (answer && answer.status !== 200 ? unexpected(config, answer) : undefined)
  );
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
