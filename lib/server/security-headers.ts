import type { Config } from '#lib/config/env.ts';

/** A year, in seconds. */
const HSTS = 'max-age=31536000';

type Origins = Pick<Config, 'appUrl' | 'authkitDomain' | 'workos'>;

/** Where the WorkOS API is, as an origin: signing out sends the browser there. */
function workosApiOrigin({ workos: { api } }: Origins): string {
  return new URL(`${api.https ? 'https' : 'http'}://${api.hostname}${api.port ? `:${api.port}` : ''}`).origin;
}

/**
 * The Content Security Policy of a page (CSP Level 3). Scripts run by `nonce` only; `strict-dynamic` lets
 * those load their own chunks. `form-action` also covers the redirects that follow a form, hence the
 * sign-in origins.
 *
 * @param options.development - `next dev` evaluates source maps and talks over a web socket
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
    // React hides what it streams ahead with style attributes, which cannot carry a nonce.
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

/** Headers that hold for every answer, whatever makes it. */
const EVERYWHERE = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
} as const;

/** What every answer begins with. */
export const BASELINE_HEADERS = {
  ...EVERYWHERE,
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

/**
 * The rules of `next.config.ts`: headers for what the proxy does not see (files, JSON, redirects, and the error
 * pages of their paths). The policy allows nothing, so that a page that got past the proxy runs nothing; a page of
 * the proxy has its own instead. A build serves every deployment, so HSTS goes by what the platform says about the
 * request (RFC 6797 section 7.2: never over http).
 */
export function headerRules() {
  const headers = Object.entries(BASELINE_HEADERS).map(([key, value]) => ({ key, value }));
  return [
    { source: '/:path*', headers },
    {
      source: '/:path*',
      has: [{ type: 'header' as const, key: 'x-forwarded-proto', value: 'https' }],
      headers: [{ key: 'Strict-Transport-Security', value: HSTS }],
    },
  ];
}

/**
 * The headers of every page besides its policy. `same-origin` for the referrer still sends `Origin` with
 * our own forms, which `no-referrer` would turn into `null`.
 */
export function securityHeaders({ appUrl }: Pick<Config, 'appUrl'>): Record<string, string> {
  return {
    ...EVERYWHERE,
    'Permissions-Policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), clipboard-write=(self)',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(appUrl.startsWith('https:') && { 'Strict-Transport-Security': HSTS }),
  };
}
