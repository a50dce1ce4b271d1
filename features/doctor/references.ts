import type { Reference } from '#lib/checks/finding.ts';

/** The documents that findings about a configuration refer to. */
export const REFERENCES = {
  variables: { name: '.env.example' },
  authkitMcp: { name: 'WorkOS, AuthKit for MCP', url: 'https://workos.com/docs/authkit/mcp' },
  redirects: { name: 'WorkOS, redirect URIs', url: 'https://workos.com/docs/authkit/redirect-uris' },
  apiKeys: { name: 'WorkOS, API keys', url: 'https://workos.com/docs/reference/api-keys' },
  resources: {
    name: 'WorkOS, OAuth resource API',
    url: 'https://workos.com/docs/reference/authkit/oauth-resource',
  },
  rateLimits: { name: 'WorkOS, rate limits', url: 'https://workos.com/docs/reference/rate-limits' },
  cors: { name: 'WorkOS, CORS origins', url: 'https://workos.com/docs/reference/authkit' },
  jwtTemplates: { name: 'WorkOS, JWT templates', url: 'https://workos.com/docs/authkit/jwt-templates' },
  roles: {
    name: 'WorkOS, roles and permissions',
    url: 'https://workos.com/docs/authkit/roles-and-permissions',
  },
  sessions: { name: 'WorkOS, sessions', url: 'https://workos.com/docs/authkit/sessions' },
  deploying: { name: 'docs/deploying.md' },
} as const satisfies Record<string, Reference>;
