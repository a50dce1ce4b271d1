import type { Finding } from '#lib/checks/finding.ts';
import type { Rule } from '#lib/checks/rule.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Discovery } from '../discovery.ts';
import { STANDARDS } from '../standards.ts';

const noClientDocuments: Rule<Discovery> = ({ authorizationServer: server }) =>
  server?.exchangeId && !server.acceptsClientDocuments
    ? {
        id: 'client-documents-not-accepted',
        severity: 'warning',
        title: 'Client metadata documents are not accepted',
        observed: `client_id_metadata_document_supported is ${server.document.client_id_metadata_document_supported === undefined ? 'missing' : 'not true'}. Every client has to register or be registered.`,
        reference: STANDARDS.mcpClientDocuments,
        fix: 'Turn client ID metadata documents on (in WorkOS: Connect, Configuration) and advertise the flag.',
        exchangeId: server.exchangeId,
      }
    : undefined;

const openRegistration: Rule<Discovery> = ({ authorizationServer: server }) =>
  server?.exchangeId && server.registrationEndpoint !== undefined
    ? {
        id: 'registration-open',
        severity: server.acceptsClientDocuments ? 'note' : 'warning',
        title: 'Open dynamic client registration is enabled',
        observed:
          'registration_endpoint is published. Open registration collects unverifiable clients without end and is deprecated in MCP.',
        reference: STANDARDS.registrationAbuse,
        fix: server.acceptsClientDocuments
          ? 'Keep it only while old clients need it, with limits.'
          : 'Accept client metadata documents, then turn registration off.',
        exchangeId: server.exchangeId,
      }
    : undefined;

const noIssuerInResponse: Rule<Discovery> = ({ authorizationServer: server }) =>
  server?.exchangeId && !server.sendsIssuer
    ? {
        id: 'response-issuer-not-advertised',
        severity: 'warning',
        title: 'The authorization response does not say who sent it',
        observed:
          'authorization_response_iss_parameter_supported is not true, so a client with several authorization servers cannot detect a mix-up.',
        reference: STANDARDS.responseIssuerMetadata,
        fix: 'Send iss on authorization responses and advertise it.',
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
        title: 'PKCE without a hash is allowed as well',
        observed: 'code_challenge_methods_supported holds "plain".',
        reference: STANDARDS.pkce,
        fix: 'Accept S256 only.',
        exchangeId: server.exchangeId,
      }
    : undefined;

const onlyOpenid: Rule<Discovery> = ({ authorizationServer: server }) =>
  server?.kind === 'oidc' && server.exchangeId
    ? {
        id: 'only-openid-discovery',
        severity: 'note',
        title: 'Only the OpenID Connect document exists',
        observed:
          'There is no oauth-authorization-server document. Current clients look for both, older ones only for that.',
        reference: STANDARDS.mcpServerMetadata,
        fix: 'Serve the OAuth document too.',
        exchangeId: server.exchangeId,
      }
    : undefined;

/** What no client should be given by default: everything, or the right to manage. */
const BROAD = /^(?:\*|all|admin|root|superuser|full|full[_-]access|.*[:._/-](?:\*|all|admin|full))$/i;
const MANY_SCOPES = 10;

const broadScopes: Rule<Discovery> = ({ challenge, protectedResource }) => {
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
        title: 'More scopes are asked for than a first sign-in needs',
        observed:
          broad.length > 0
            ? `${field} asks for ${sanitize(broad.join(' '), 150)}.`
            : `${field} lists ${scopes.length} scopes; clients ask for all of them at once.`,
        reference: STANDARDS.mcpScopes,
        fix: 'Ask for the least that makes the server useful, and for more when a tool needs it (step-up).',
        exchangeId,
      });
    if (scopes.includes('offline_access'))
      findings.push({
        id: 'offline-access-asked',
        severity: 'warning',
        title: 'offline_access is named as a scope of the server',
        observed: `${field} holds offline_access.`,
        reference: STANDARDS.mcpRefresh,
        fix: 'Leave it out: refresh tokens are between client and authorization server.',
        exchangeId,
      });
  }
  return findings;
};

export const AUTHORIZATION_SERVER_RULES: readonly Rule<Discovery>[] = [
  noClientDocuments,
  openRegistration,
  noIssuerInResponse,
  plainPkce,
  onlyOpenid,
  broadScopes,
];
