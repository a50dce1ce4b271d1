import type { Config } from '#lib/config/env.ts';

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

/**
 * The headers of every page besides its policy. `same-origin` for the referrer still sends `Origin` with
 * our own forms, which `no-referrer` would turn into `null`.
 */
export function securityHeaders({ appUrl }: Pick<Config, 'appUrl'>): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), clipboard-write=(self)',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(appUrl.startsWith('https:') && { 'Strict-Transport-Security': 'max-age=31536000' }),
  };
}
