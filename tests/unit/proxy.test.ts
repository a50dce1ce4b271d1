import { unstable_doesMiddlewareMatch as matches } from 'next/experimental/testing/server';
import { describe, expect, it, vi } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { config } from '../../proxy.ts';

// It refuses to load outside a React server, and the matcher does not need it.
vi.mock('@workos-inc/authkit-nextjs', () => ({}));

const goesThrough = (path: string) => matches({ config, nextConfig: {}, url: `https://app.example${path}` });

describe('the proxy', () => {
  it.each([
    ...PAGES.map((page) => page.path),
    '/a/page/below',
    '/login',
    '/callback',
    '/logout',
    '/no-such-page',
    '/mcpx',
    '/mcp/x',
    '/healthy',
  ])('handles %s', (path) => expect(goesThrough(path)).toBe(true));

  it.each([
    '/mcp',
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/oauth/client-metadata.json',
    '/health',
    '/health/ready',
    '/webhooks/workos',
    '/_next/static/chunk.js',
    '/logo.png',
    '/screenshots/landing-light.webp',
  ])('does not handle %s', (path) => expect(goesThrough(path)).toBe(false));
});
