import { always, type Requirement, since } from './requirement.ts';

/** How a client that knows nothing but the URL finds out where to sign in. */
export const discoveryRequirements: readonly Requirement[] = [
  {
    id: 'https',
    section: 'OAuth 2.1 section 1.5; MCP authorization, Communication Security',
    text: 'The endpoint is reached over https, except on this machine.',
    levels: always('MUST'),
  },
  {
    id: 'unauthorized-401',
    section: 'MCP authorization, Error Handling',
    text: 'Every request without credentials is answered 401.',
    levels: always('MUST'),
  },
  {
    id: 'challenge',
    section: 'RFC 9110 section 11.6.1; RFC 6750 section 3',
    text: 'Every 401 carries a WWW-Authenticate header with the Bearer scheme.',
    levels: always('MUST'),
  },
  {
    id: 'challenge-grammar',
    section: 'RFC 9110 sections 11.2 and 11.6.1; RFC 6750 section 3',
    text: 'The challenge follows the grammar, names no parameter twice, and its scope and error values use the permitted characters.',
    levels: always('MUST'),
  },
  {
    id: 'challenge-no-error',
    section: 'RFC 6750 section 3.1',
    text: 'The answer to a request without credentials holds no error code: nothing was wrong yet.',
    levels: always('SHOULD'),
  },
  {
    id: 'challenge-metadata',
    section: 'MCP authorization, Authorization Server Location; RFC 9728 section 5.1',
    text: 'The challenge of a 401 gives the URL of the protected resource metadata.',
    levels: { '2025-06-18': 'MUST' },
  },
  {
    id: 'metadata-discoverable',
    section: 'MCP authorization, Protected Resource Metadata Discovery Requirements',
    text: 'The metadata is found through the challenge, or at the well-known URL of the endpoint or of its origin.',
    levels: since('2025-11-25', 'MUST'),
  },
  {
    id: 'challenge-scope',
    section: 'MCP authorization, Scope Selection Strategy',
    text: 'The challenge says which scopes to ask for.',
    levels: since('2025-11-25', 'SHOULD'),
  },
  {
    id: 'no-offline-access',
    section: 'MCP authorization, Refresh Tokens',
    text: 'Neither the challenge nor scopes_supported names offline_access: refreshing is no need of a resource.',
    levels: { '2026-07-28': 'SHOULD' },
  },
  {
    id: 'metadata-served',
    section: 'MCP authorization, Overview; RFC 9728 sections 3.1 and 3.2',
    text: 'The protected resource metadata is a JSON object, served with 200 and application/json without credentials.',
    levels: since('2025-06-18', 'MUST'),
  },
  {
    id: 'metadata-well-known',
    section: 'RFC 9728 section 3',
    text: 'The metadata is at the well-known URL made from the resource identifier, its path included.',
    levels: since('2025-06-18', 'MUST'),
  },
  {
    id: 'metadata-resource',
    section: 'RFC 9728 section 3.3',
    text: 'The resource in the metadata is the URL that the client was given, character for character.',
    levels: since('2025-06-18', 'MUST'),
  },
  {
    id: 'metadata-authorization-servers',
    section: 'MCP authorization, Authorization Server Location',
    text: 'The metadata names at least one authorization server.',
    levels: since('2025-06-18', 'MUST'),
  },
  {
    id: 'metadata-values',
    section: 'RFC 9728 sections 2 and 3.2',
    text: 'Values have the types that the standard gives them, URLs are absolute without a fragment, and a list with nothing in it is left out.',
    levels: since('2025-06-18', 'MUST'),
  },
  {
    id: 'metadata-header-only',
    section: 'MCP authorization, Token Requirements; RFC 9728 section 2',
    text: 'If the metadata says how tokens are sent, it says header, and does not say query.',
    levels: since('2025-06-18', 'derived'),
  },
  {
    id: 'metadata-issuer',
    section: 'RFC 9728 section 2; RFC 8414 section 3.3',
    text: 'Each authorization server named has metadata whose issuer is that very string.',
    levels: since('2025-06-18', 'MUST'),
  },
  {
    id: 'published-urls-fixed',
    section: 'RFC 9728 section 3.3; MCP authorization, Protected Resource Metadata Discovery Requirements',
    text: 'No header of a request (Host, X-Forwarded-Host, X-Forwarded-Proto, Forwarded) changes a URL that is published.',
    levels: since('2025-06-18', 'derived'),
  },
  {
    id: 'origin-metadata',
    section: 'MCP authorization 2025-03-26, Server Metadata Discovery',
    text: 'Authorization server metadata is served at the origin of the endpoint, where the first clients look for it.',
    levels: { '2025-03-26': 'SHOULD' },
  },
  {
    id: 'browser-readable',
    section: 'Fetch standard, CORS protocol',
    text: 'A client in a browser can read the metadata from any origin, and may send the protocol version header with it.',
    levels: since('2025-06-18', 'derived'),
  },
];
