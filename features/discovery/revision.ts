import type { Finding, Reference } from '#lib/checks/finding.ts';
import { rfc } from '#lib/checks/finding.ts';
import { STANDARDS } from './standards.ts';

/** Protocol revisions that can be chosen, the newest first. */
export const REVISIONS = ['2026-07-28', '2025-11-25', '2025-06-18'] as const;
export type Revision = (typeof REVISIONS)[number];

/** The revision that a client requests; `auto` tries the newest, and an earlier one when the server does not know it. */
export type RevisionChoice = Revision | 'auto';

/** How a client identifies itself; `auto` prefers a client metadata document, as the revision of 2026 does. */
export const REGISTRATIONS = ['cimd', 'dcr', 'pre-registered'] as const;
export type RegistrationChoice = (typeof REGISTRATIONS)[number] | 'auto';

export const asRevision = (text: unknown): Revision | undefined =>
  REVISIONS.find((revision) => revision === text);

type Earlier = Exclude<Revision, '2026-07-28'>;

/** A section of the authorization page of an earlier revision. */
const section =
  (revision: Earlier) =>
  (anchor: string, name: string): Reference => ({
    name: `MCP ${revision}, ${name}`,
    url: `https://modelcontextprotocol.io/specification/${revision}/basic/authorization#${anchor}`,
  });
const of2511 = section('2025-11-25');
const of2506 = section('2025-06-18');

/** For each section of 2026-07-28 that findings cite, what the earlier revisions have in its place. */
const EARLIER = new Map<Reference, Record<Earlier, Reference>>([
  [
    STANDARDS.mcpDiscovery,
    {
      '2025-11-25': of2511(
        'protected-resource-metadata-discovery-requirements',
        'Protected Resource Metadata Discovery Requirements',
      ),
      '2025-06-18': of2506('authorization-server-location', 'Authorization Server Location'),
    },
  ],
  [
    STANDARDS.mcpServerMetadata,
    {
      '2025-11-25': of2511(
        'authorization-server-metadata-discovery',
        'Authorization Server Metadata Discovery',
      ),
      '2025-06-18': of2506('server-metadata-discovery', 'Server Metadata Discovery'),
    },
  ],
  [
    STANDARDS.mcpPkce,
    {
      '2025-11-25': of2511('authorization-code-protection', 'Authorization Code Protection'),
      '2025-06-18': of2506('authorization-code-protection', 'Authorization Code Protection'),
    },
  ],
  [
    STANDARDS.mcpHttps,
    {
      '2025-11-25': of2511('communication-security', 'Communication Security'),
      '2025-06-18': of2506('communication-security', 'Communication Security'),
    },
  ],
  [
    STANDARDS.mcpClientDocuments,
    {
      '2025-11-25': of2511('client-id-metadata-documents', 'Client ID Metadata Documents'),
      '2025-06-18': of2506('dynamic-client-registration', 'Dynamic Client Registration'),
    },
  ],
  [
    STANDARDS.mcpRegistration,
    {
      '2025-11-25': of2511('dynamic-client-registration', 'Dynamic Client Registration'),
      '2025-06-18': of2506('dynamic-client-registration', 'Dynamic Client Registration'),
    },
  ],
  [
    STANDARDS.mcpScopes,
    {
      '2025-11-25': of2511('scope-selection-strategy', 'Scope Selection Strategy'),
      '2025-06-18': rfc(6749, '3.3'),
    },
  ],
  [
    STANDARDS.mcpErrors,
    {
      '2025-11-25': of2511('error-handling', 'Error Handling'),
      '2025-06-18': of2506('error-handling', 'Error Handling'),
    },
  ],
  [
    STANDARDS.mcpVersion,
    {
      '2025-11-25': {
        name: 'MCP 2025-11-25, Version Negotiation',
        url: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#version-negotiation',
      },
      '2025-06-18': {
        name: 'MCP 2025-06-18, Version Negotiation',
        url: 'https://modelcontextprotocol.io/specification/2025-06-18/basic/lifecycle#version-negotiation',
      },
    },
  ],
]);

/** A finding with the section of this revision in place of that of 2026-07-28. */
export function inRevision(finding: Finding, revision: Revision): Finding {
  if (revision === '2026-07-28') return finding;
  const reference = EARLIER.get(finding.reference)?.[revision];
  return reference === undefined ? finding : { ...finding, reference };
}
