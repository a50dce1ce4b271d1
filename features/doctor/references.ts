import type { Reference } from '#lib/checks/finding.ts';

/** The documents that findings about a configuration refer to. */
export const REFERENCES = {
  variables: { name: '.env.example' },
  authkitMcp: { name: 'WorkOS, AuthKit for MCP', url: 'https://workos.com/docs/authkit/mcp' },
  redirects: { name: 'WorkOS, redirect URIs', url: 'https://workos.com/docs/authkit/redirect-uris' },
  apiKeys: { name: 'WorkOS, API keys', url: 'https://workos.com/docs/reference/api-keys' },
  deploying: { name: 'docs/deploying.md' },
} as const satisfies Record<string, Reference>;
