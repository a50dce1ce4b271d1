import type { Config } from '#lib/config/env.ts';

/** `strict-transport-security`: one year, in seconds. */
export const HSTS = 'max-age=31536000';

type Origins = Pick<Config, 'appUrl' | 'authkitDomain' | 'workos'>;

/** Origin of the WorkOS API, where sign-in begins. */
function workosApiOrigin({ workos: { api } }: Origins): string {
  return new URL(`${api.https ? 'https' : 'http'}://${api.hostname}${api.port ? `:${api.port}` : ''}`).origin;
}

/**
 * The Content Security Policy of a page (CSP Level 3). Scripts run by `nonce` only; `strict-dynamic` lets those load
 * their chunks. `form-action` also covers the redirects after a form is sent, hence the sign-in origins.
 *
 * @param options.development - `next dev` evaluates source maps and uses a web socket
 */
export function contentSecurityPolicy(
  config: Origins,
  { nonce, development }: { nonce: string; development: boolean },
): string {
  const secure = config.appUrl.startsWith('https:');
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    // React hides streamed content with style attributes, which cannot carry a nonce.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "manifest-src 'self'",
    `form-action 'self' ${workosApiOrigin(config)} ${config.authkitDomain}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** Headers of every response. */
const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
} as const;

/**
 * Headers that every response starts with. The policy allows nothing, so a page that bypassed the proxy runs no script; a
 * page behind the proxy has its own policy.
 */
export const BASELINE_HEADERS = {
  ...EVERYWHERE,
  'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

/**
 * Header rules of `next.config.ts` for Vercel, which serves files and redirects without a process of ours. Elsewhere
 * `prepareIncomingRequests` sets these headers, at a lower cost for each request. One build serves every deployment, so HSTS
 * depends on what the platform says about the request (RFC 6797 section 7.2: never over http).
 */
export function headerRules() {
  const headers = Object.entries(BASELINE_HEADERS).map(([key, value]) => ({ key, value }));
  return [
    { source: '/:path*', headers },
    {
      source: '/:path*',
      has: [{ type: 'header' as const, key: 'x-forwarded-proto', value: 'https' }],
      headers: [{ key: 'strict-transport-security', value: HSTS }],
    },
  ];
}

/**
 * The headers of every page, besides its policy. With the referrer policy `same-origin` the browser still sends `Origin`
 * with our forms; `no-referrer` would turn it into `null`.
 */
export function securityHeaders({ appUrl }: Pick<Config, 'appUrl'>): Record<string, string> {
  return {
    ...EVERYWHERE,
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), clipboard-write=(self)',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(appUrl.startsWith('https:') && { 'strict-transport-security': HSTS }),
  };
}
