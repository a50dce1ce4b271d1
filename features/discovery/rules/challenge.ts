import type { Rule } from '#lib/checks/rule.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Discovery } from '../discovery.ts';
import { STANDARDS } from '../standards.ts';
import { notModern } from '../steps/challenge.ts';
import { cachesErrors } from './caching.ts';

const open: Rule<Discovery> = ({ challenge }) =>
  challenge?.outcome === 'open'
    ? {
        id: 'no-sign-in-needed',
        severity: 'note',
        title: 'This server answers without a token',
        observed: `A request without a token got status ${challenge.status}. No sign-in is needed.`,
        reference: STANDARDS.mcpErrors,
        fix: 'If it should be protected, answer 401 with a challenge.',
        exchangeId: challenge.exchangeId,
      }
    : undefined;

const wrongStatus: Rule<Discovery> = (discovery) => {
  const { challenge, problems } = discovery;
  if (challenge?.outcome !== 'other' || unknownRevision(discovery)) return undefined;
  if (problems.some(({ reason }) => reason === 'wrong_path' || reason === 'not_mcp')) return undefined;
  return {
    id: 'status-not-401',
    severity: 'error',
    title: `Expected 401, got ${challenge.status}`,
    observed: `A request without a token got status ${challenge.status}. Clients start sign-in only after 401.`,
    reference: STANDARDS.mcpErrors,
    fix:
      challenge.status >= 500
        ? 'A missing token is not a server error: find the exception that is thrown before the challenge is sent.'
        : 'Answer 401 with a WWW-Authenticate challenge when there is no token. 403 is for tokens with insufficient scope.',
    exchangeId: challenge.exchangeId,
  };
};

const streamOnly: Rule<Discovery> = ({ challenge }) =>
  challenge?.streamOnly
    ? {
        id: 'stream-only',
        severity: 'error',
        title: 'Only a GET for an event stream gets the challenge',
        observed:
          'There is nothing for a POST at this URL. Servers of HTTP+SSE, the transport of MCP 2024-11-05, answer like this.',
        reference: STANDARDS.mcpOldTransport,
        fix: 'Serve Streamable HTTP, which replaced it in 2025: many clients have no other transport. The inspector connects with HTTP+SSE, too.',
        exchangeId: challenge.exchangeId,
      }
    : undefined;

/** Whether the chosen revision may be what the server does not know. With `auto` another one was tried. */
const unknownRevision = ({ challenge, problems, revisionChoice = 'auto' }: Discovery) =>
  revisionChoice !== 'auto' &&
  challenge?.outcome === 'other' &&
  notModern(challenge.status) &&
  problems.length === 0;

const otherRevision: Rule<Discovery> = (discovery) => {
  const { challenge, revisionChoice = 'auto', revision } = discovery;
  if (challenge === undefined || revisionChoice === 'auto') return undefined;
  const finding = {
    id: 'revision-not-supported',
    reference: STANDARDS.mcpVersion,
    exchangeId: challenge.exchangeId,
  };
  if (unknownRevision(discovery))
    return {
      ...finding,
      severity: 'error',
      title: `The server does not accept revision ${revision}`,
      observed: `A request of revision ${revision} got status ${challenge.status}.`,
      fix: 'Run again with the revision "Automatic" to see which one the server speaks, or answer 401 before the version is checked.',
    };
  if (challenge.negotiated === undefined || challenge.negotiated === revision) return undefined;
  return {
    ...finding,
    severity: 'warning',
    title: `The server speaks revision ${challenge.negotiated}, not ${revision}`,
    observed: `initialize requested ${revision}; the result has protocolVersion ${challenge.negotiated}.`,
    fix: 'Support the requested revision, or expect clients that speak no other to disconnect.',
  };
};

const noChallenge: Rule<Discovery> = ({ challenge }) =>
  challenge?.outcome === 'challenged' && challenge.bearer === undefined
    ? {
        id: 'challenge-missing',
        severity: 'error',
        title: 'The 401 has no Bearer challenge',
        observed:
          challenge.header === undefined
            ? 'There is no WWW-Authenticate header.'
            : `WWW-Authenticate is "${sanitize(challenge.header, 200)}".`,
        reference: STANDARDS.unauthorized,
        fix: 'Send WWW-Authenticate: Bearer resource_metadata="…", scope="…" with every 401.',
        exchangeId: challenge.exchangeId,
      }
    : undefined;

const noResourceMetadata: Rule<Discovery> = ({ challenge, revision, problems }) =>
  challenge?.bearer !== undefined &&
  challenge.bearer.parameters.resource_metadata === undefined &&
  !problems.some(({ reason }) => reason === 'protected_resource_metadata_missing')
    ? {
        id: 'resource-metadata-missing',
        severity: 'warning',
        title: 'The challenge has no resource_metadata',
        observed:
          revision === '2025-06-18'
            ? 'Revision 2025-06-18 requires it: clients of this revision need not try the well-known URLs.'
            : 'Clients have to try the well-known URLs; some do not.',
        reference: revision === '2025-06-18' ? STANDARDS.mcpDiscovery : STANDARDS.resourceMetadataParameter,
        fix: 'Add resource_metadata with the absolute URL of the protected resource metadata.',
        exchangeId: challenge.exchangeId,
      }
    : undefined;

const noScope: Rule<Discovery> = ({ challenge, revision }) =>
  revision !== '2025-06-18' && challenge?.bearer !== undefined && challenge.scopes === undefined
    ? {
        id: 'challenge-scope-missing',
        severity: 'note',
        title: 'The challenge has no scope',
        observed: 'Clients then request everything in scopes_supported, or nothing.',
        reference: STANDARDS.mcpScopes,
        fix: 'Add scope with the scopes that the request needs.',
        exchangeId: challenge.exchangeId,
      }
    : undefined;

const errorWithoutToken: Rule<Discovery> = ({ challenge }) =>
  challenge?.bearer?.parameters.error !== undefined
    ? {
        id: 'challenge-error-without-token',
        severity: 'note',
        title: 'The challenge reports an error although no token was sent',
        observed: `error="${sanitize(challenge.bearer.parameters.error, 60)}".`,
        reference: STANDARDS.bearerErrors,
        fix: 'Omit error when the request has no credentials.',
        exchangeId: challenge.exchangeId,
      }
    : undefined;

const cachedChallenge: Rule<Discovery> = ({ challenge }) =>
  challenge !== undefined && challenge.outcome !== 'open' && cachesErrors(challenge.cacheControl)
    ? {
        id: 'challenge-cacheable',
        severity: 'warning',
        title: 'The error response may be cached',
        observed: `Status ${challenge.status} with Cache-Control "${sanitize(challenge.cacheControl ?? '', 100)}": a cache can return it even after sign-in.`,
        reference: STANDARDS.notModified,
        fix: 'Send Cache-Control: no-store with every error.',
        exchangeId: challenge.exchangeId,
      }
    : undefined;

const cors: Rule<Discovery> = ({ cors: facts, challenge }) => {
  if (facts === undefined || challenge === undefined) return undefined;
  const { preflight, answer } = facts;
  if (!preflight.allowed)
    return {
      id: 'cors-missing',
      severity: 'note',
      title: 'Browser clients on other origins cannot connect',
      observed: `A preflight from ${sanitize(facts.origin, 100)} got ${preflight.status === undefined ? 'no answer' : `status ${preflight.status}`} without Access-Control-Allow-Origin. Clients on a server or a desktop are not affected.`,
      reference: STANDARDS.cors,
      fix: 'To allow them, answer OPTIONS with Access-Control-Allow-Origin for the origins you trust.',
      exchangeId: preflight.exchangeId,
    };
  if (preflight.missingHeaders.length > 0)
    return {
      id: 'cors-headers-missing',
      severity: 'warning',
      title: 'Browser clients may not send required headers',
      observed: `Access-Control-Allow-Headers lacks ${preflight.missingHeaders.join(', ')}.`,
      reference: STANDARDS.cors,
      fix: 'Allow authorization, content-type, mcp-protocol-version, mcp-method and mcp-name.',
      exchangeId: preflight.exchangeId,
    };
  if (answer?.status === 401 && !(answer.allowed && answer.exposesChallenge))
    return {
      id: 'cors-challenge-hidden',
      severity: 'warning',
      title: 'Browser clients cannot read the challenge',
      observed: answer.allowed
        ? 'Access-Control-Expose-Headers does not name WWW-Authenticate.'
        : 'The 401 has no Access-Control-Allow-Origin, although the preflight was allowed.',
      reference: STANDARDS.cors,
      fix: 'Send Access-Control-Allow-Origin and Access-Control-Expose-Headers: WWW-Authenticate with the 401 response as well.',
      exchangeId: answer.exchangeId,
    };
  return undefined;
};

export const CHALLENGE_RULES: readonly Rule<Discovery>[] = [
  open,
  wrongStatus,
  streamOnly,
  otherRevision,
  noChallenge,
  noResourceMetadata,
  noScope,
  errorWithoutToken,
  cachedChallenge,
  cors,
];
