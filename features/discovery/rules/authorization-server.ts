import type { Finding } from '#lib/checks/finding.ts';
import type { Rule } from '#lib/checks/rule.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Discovery } from '../discovery.ts';
import { STANDARDS } from '../standards.ts';

const noClientDocuments: Rule<Discovery> = ({ authorizationServer: server, registration, revision }) => {
  if (!server?.exchangeId || server.acceptsClientDocuments) return undefined;
  // Revision 2025-06-18 has no client metadata documents; a client that is registered needs none.
  const chosen = registration === 'cimd';
  if (!chosen && (revision === '2025-06-18' || registration === 'pre-registered')) return undefined;
  return {
    id: 'client-documents-not-accepted',
    severity: chosen ? 'error' : 'warning',
    title: 'Client metadata documents are not accepted',
    observed: `client_id_metadata_document_supported is ${server.document.client_id_metadata_document_supported === undefined ? 'missing' : 'not true'}. Every client must be registered.`,
    reference: STANDARDS.mcpClientDocuments,
    fix: 'Enable client ID metadata documents (in WorkOS: Connect, Configuration) and advertise the flag.',
    exchangeId: server.exchangeId,
  };
};

const noRegistration: Rule<Discovery> = ({ authorizationServer: server, registration, revision }) => {
  if (!server?.exchangeId || server.registrationEndpoint !== undefined) return undefined;
  const chosen = registration === 'dcr';
  if (!chosen && (revision !== '2025-06-18' || registration === 'pre-registered')) return undefined;
  return {
    id: 'registration-not-offered',
    severity: chosen ? 'error' : 'warning',
    title: 'Dynamic client registration is not offered',
    observed: `registration_endpoint is missing.${chosen ? '' : ' Clients of revision 2025-06-18 have no other way to identify themselves without a person.'}`,
    reference: STANDARDS.mcpRegistration,
    fix: 'Choose client metadata documents or a pre-registered client, or enable registration and publish registration_endpoint.',
    exchangeId: server.exchangeId,
  };
};

const OPEN_REGISTRATION = {
  '2026-07-28': 'Open registration accumulates unverifiable clients and is deprecated in MCP.',
  '2025-11-25': 'Open registration accumulates unverifiable clients and is kept in MCP for older clients.',
  '2025-06-18': 'Open registration accumulates unverifiable clients.',
};

const openRegistration: Rule<Discovery> = ({ authorizationServer: server, revision }) =>
  server?.exchangeId && server.registrationEndpoint !== undefined
    ? {
        id: 'registration-open',
        severity: server.acceptsClientDocuments || revision === '2025-06-18' ? 'note' : 'warning',
        title: 'Open dynamic client registration is enabled',
        observed: `registration_endpoint is published. ${OPEN_REGISTRATION[revision]}`,
        reference: STANDARDS.registrationAbuse,
        fix:
          server.acceptsClientDocuments || revision === '2025-06-18'
            ? 'Keep it only while older clients need it, with rate limits.'
            : 'Accept client metadata documents, then disable registration.',
        exchangeId: server.exchangeId,
      }
    : undefined;

const noIssuerInResponse: Rule<Discovery> = ({ authorizationServer: server, revision }) =>
  revision === '2026-07-28' && server?.exchangeId && !server.sendsIssuer
    ? {
        id: 'response-issuer-not-advertised',
        severity: 'note',
        title: 'The authorization response does not identify its issuer',
        observed:
          'authorization_response_iss_parameter_supported is not true, so a client with several authorization servers cannot detect a mix-up.',
        reference: STANDARDS.responseIssuerMetadata,
        fix: 'AuthKit does not offer it: nothing to do. For another authorization server, send iss on authorization responses and advertise it.',
        exchangeId: server.exchangeId,
      }
    : undefined;

const plainPkce: Rule<Discovery> = ({ authorizationServer: server }) =>
  server?.exchangeId &&
  server.codeChallengeMethods?.includes('S256') &&
  server.codeChallengeMethods.includes('plain')
    ? {
        id: 'pkce-plain-allowed',
        severity: 'note',
        title: 'PKCE with "plain" is allowed',
        observed: 'code_challenge_methods_supported has "plain".',
        reference: STANDARDS.pkce,
        fix: 'Accept S256 only.',
        exchangeId: server.exchangeId,
      }
    : undefined;

const onlyOpenid: Rule<Discovery> = ({ authorizationServer: server, revision }) =>
  server?.kind === 'oidc' && server.exchangeId
    ? {
        id: 'only-openid-discovery',
        severity: revision === '2025-06-18' ? 'warning' : 'note',
        title: 'Only the OpenID Connect document exists',
        observed:
          revision === '2025-06-18'
            ? 'There is no oauth-authorization-server document. Clients of revision 2025-06-18 read only that one.'
            : 'There is no oauth-authorization-server document. Current clients try both, older clients only that one.',
        reference: STANDARDS.mcpServerMetadata,
        fix: 'Serve the OAuth document as well.',
        exchangeId: server.exchangeId,
      }
    : undefined;

/** Scopes that no client should get by default: everything, or administration. */
const BROAD = /^(?:\*|all|admin|root|superuser|full|full[_-]access|.*[:._/-](?:\*|all|admin|full))$/i;
const MANY_SCOPES = 10;

const broadScopes: Rule<Discovery> = ({ challenge, protectedResource, revision }) => {
  const lists = [
    { field: 'The challenge', scopes: challenge?.scopes, exchangeId: challenge?.exchangeId },
    {
      field: 'scopes_supported',
      scopes: protectedResource?.scopesSupported,
      exchangeId: protectedResource?.exchangeId,
    },
  ];
  const findings: Finding[] = [];
  for (const { field, scopes, exchangeId } of lists) {
    if (scopes === undefined || exchangeId === undefined) continue;
    const broad = scopes.filter((scope) => BROAD.test(scope));
    if (broad.length > 0 || scopes.length > MANY_SCOPES)
      findings.push({
        id: 'scopes-too-broad',
        severity: 'warning',
        title: 'More scopes are requested than a first sign-in needs',
        observed:
          broad.length > 0
            ? `${field} requests ${sanitize(broad.join(' '), 150)}.`
            : `${field} lists ${scopes.length} scopes; clients request all of them.`,
        reference: STANDARDS.mcpScopes,
        fix: 'Request the minimum that makes the server useful, and more when a tool needs it (step-up).',
        exchangeId,
      });
    // Clients of earlier revisions ask for exactly these scopes: without it they get no refresh token.
    const forEarlyClients = scopes === challenge?.scopes && challenge?.legacy === true;
    if (revision === '2026-07-28' && scopes.includes('offline_access') && !forEarlyClients)
      findings.push({
        id: 'offline-access-asked',
        severity: 'warning',
        title: 'offline_access is listed as a scope of the server',
        observed: `${field} has offline_access.`,
        reference: STANDARDS.mcpRefresh,
        fix: 'Remove it: refresh tokens concern the client and the authorization server only.',
        exchangeId,
      });
  }
  return findings;
};

export const AUTHORIZATION_SERVER_RULES: readonly Rule<Discovery>[] = [
  noClientDocuments,
  noRegistration,
  openRegistration,
  noIssuerInResponse,
  plainPkce,
  onlyOpenid,
  broadScopes,
];
