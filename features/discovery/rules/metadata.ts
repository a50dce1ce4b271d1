import type { Finding } from '#lib/checks/finding.ts';
import type { Rule } from '#lib/checks/rule.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Discovery } from '../discovery.ts';
import { STANDARDS } from '../standards.ts';
import { stringList } from '../steps/document.ts';
import { cachedTooLong, cachesErrors } from './caching.ts';

type MetadataDocument = {
  name: string;
  exchangeId: string;
  facts: { contentType: string; cacheControl: string | undefined; readableByBrowsers: boolean };
  reference: Finding['reference'];
};

function documents({ protectedResource, authorizationServer }: Discovery): MetadataDocument[] {
  return [
    ...(protectedResource
      ? [
          {
            name: 'protected resource metadata',
            exchangeId: protectedResource.exchangeId,
            facts: protectedResource,
            reference: STANDARDS.resourceMetadataResponse,
          },
        ]
      : []),
    ...(authorizationServer?.exchangeId
      ? [
          {
            name: 'authorization server metadata',
            exchangeId: authorizationServer.exchangeId,
            facts: authorizationServer,
            reference: STANDARDS.serverMetadataResponse,
          },
        ]
      : []),
  ];
}

const mediaType: Rule<Discovery> = (discovery) =>
  documents(discovery)
    .filter(({ facts }) => facts.contentType !== 'application/json')
    .map(({ name, exchangeId, facts, reference }) => ({
      id: 'content-type-wrong',
      severity: 'warning' as const,
      title: `The ${name} is not served as JSON`,
      observed:
        facts.contentType === ''
          ? 'There is no Content-Type.'
          : `Content-Type is ${sanitize(facts.contentType, 80)}.`,
      reference,
      fix: 'Serve it as application/json.',
      exchangeId,
    }));

const browserReadable: Rule<Discovery> = (discovery) =>
  documents(discovery)
    .filter(({ facts }) => !facts.readableByBrowsers)
    .map(({ name, exchangeId }) => ({
      id: 'metadata-cors-missing',
      severity: 'warning' as const,
      title: `Browser clients cannot read the ${name}`,
      observed: 'There is no Access-Control-Allow-Origin for other origins.',
      reference: STANDARDS.cors,
      fix: 'The document is public: send Access-Control-Allow-Origin: *.',
      exchangeId,
    }));

const longCache: Rule<Discovery> = (discovery) =>
  documents(discovery)
    .filter(({ facts }) => cachedTooLong(facts.cacheControl))
    .map(({ name, exchangeId, facts }) => ({
      id: 'metadata-cached-long',
      severity: 'note' as const,
      title: `The ${name} is cached for more than a day`,
      observed: `Cache-Control is "${sanitize(facts.cacheControl ?? '', 100)}": clients would keep a mistake for that long.`,
      reference: STANDARDS.notModified,
      fix: 'Allow minutes to hours.',
      exchangeId,
    }));

/** Error responses that a cache may keep, such as 404 for a well-known URL. */
const cachedErrors: Rule<Discovery> = ({ exchanges }) =>
  exchanges
    .filter(
      ({ step, response }) =>
        (step === 'protected-resource-metadata' || step === 'authorization-server-metadata') &&
        response !== undefined &&
        response.status >= 400 &&
        cachesErrors(response.headers.find(([name]) => name === 'cache-control')?.[1]),
    )
    .map(({ id, response }) => ({
      id: 'error-cacheable',
      severity: 'warning' as const,
      title: 'An error response of a metadata URL may be cached',
      observed: `Status ${response?.status} with a Cache-Control that allows caching: the document stays missing after it was added.`,
      reference: STANDARDS.notModified,
      fix: 'Send Cache-Control: no-store with every error.',
      exchangeId: id,
    }));

const severalServers: Rule<Discovery> = ({ protectedResource }) =>
  protectedResource !== undefined && protectedResource.issuers.length > 1
    ? {
        id: 'several-authorization-servers',
        severity: 'note',
        title: 'Several authorization servers are listed',
        observed: `${protectedResource.issuers.length} issuers. This client uses the first; others may choose another.`,
        reference: STANDARDS.mcpDiscovery,
        fix: 'List one, unless the server accepts tokens of each.',
        exchangeId: protectedResource.exchangeId,
      }
    : undefined;

const queryTokens: Rule<Discovery> = ({ protectedResource }) =>
  stringList(protectedResource?.document.bearer_methods_supported)?.includes('query')
    ? {
        id: 'tokens-in-query',
        severity: 'warning',
        title: 'Access tokens are accepted in the URL',
        observed: 'bearer_methods_supported has "query". URLs appear in logs and browser histories.',
        reference: STANDARDS.bearerTransport,
        fix: 'Accept tokens in the Authorization header only.',
        exchangeId: protectedResource?.exchangeId ?? '',
      }
    : undefined;

const rootDocument: Rule<Discovery> = ({ protectedResource, serverUrl }) =>
  protectedResource?.source === 'root' && new URL(serverUrl).pathname !== '/'
    ? {
        id: 'resource-metadata-at-root-only',
        severity: 'note',
        title: 'The protected resource metadata is only at the root well-known URL',
        observed: 'Another MCP server on this host could not have its own metadata.',
        reference: STANDARDS.resourceMetadataPlace,
        fix: 'Serve it at the well-known path followed by the path of the server, too.',
        exchangeId: protectedResource.exchangeId,
      }
    : undefined;

export const METADATA_RULES: readonly Rule<Discovery>[] = [
  mediaType,
  browserReadable,
  longCache,
  cachedErrors,
  severalServers,
  queryTokens,
  rootDocument,
];
