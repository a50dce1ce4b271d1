import type { Reference } from '#lib/checks/finding.ts';

const SITE = 'https://modelcontextprotocol.io/specification';

/** A section of the authorization specification of each MCP revision, by its page and fragment after `basic/`. */
const mcp = (sections: Readonly<Record<string, string>>): Reference[] =>
  Object.entries(sections).map(([revision, path]) => ({
    name: `MCP ${revision}`,
    url: `${SITE}/${revision}/basic/${path}`,
  }));

/** Sections of the MCP revisions, newest first. A revision without such a section has none. */
export const MCP = {
  errors: mcp({
    '2026-07-28': 'authorization#error-handling',
    '2025-11-25': 'authorization#error-handling',
    '2025-06-18': 'authorization#error-handling',
  }),
  protectedResource: mcp({
    '2026-07-28':
      'authorization/authorization-server-discovery#protected-resource-metadata-discovery-requirements',
    '2025-11-25': 'authorization#protected-resource-metadata-discovery-requirements',
    '2025-06-18': 'authorization#authorization-server-location',
  }),
  serverMetadata: mcp({
    '2026-07-28': 'authorization/authorization-server-discovery#authorization-server-metadata-discovery',
    '2025-11-25': 'authorization#authorization-server-metadata-discovery',
    '2025-06-18': 'authorization#server-metadata-discovery',
  }),
  registration: mcp({
    '2026-07-28': 'authorization/client-registration#client-id-metadata-documents',
    '2025-11-25': 'authorization#client-id-metadata-documents',
    '2025-06-18': 'authorization#dynamic-client-registration',
  }),
  resourceParameter: mcp({
    '2026-07-28': 'authorization#resource-parameter-implementation',
    '2025-11-25': 'authorization#resource-parameter-implementation',
    '2025-06-18': 'authorization#resource-parameter-implementation',
  }),
  tokens: mcp({
    '2026-07-28': 'authorization/security-considerations#token-audience-binding-and-validation',
    '2025-11-25': 'authorization#token-audience-binding-and-validation',
    '2025-06-18': 'authorization#token-audience-binding-and-validation',
  }),
} as const;

/** A section of the draft of Client ID Metadata Documents. */
export const cimd = (section: string): Reference => ({
  name: `CIMD -02 section ${section}`,
  url: `https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-02#section-${section}`,
});
