import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { layout, type Page } from './layout.ts';

/**
 * Answers with a page that loads nothing from elsewhere, runs no script and cannot be framed.
 *
 * @param options.redirectUri - where a form of the page ends up; browsers hold redirects to `form-action` too
 */
export function sendPage(ctx: Context, page: Page, options: { redirectUri?: string } = {}): void {
  const target = options.redirectUri === undefined ? null : URL.parse(options.redirectUri);
  const formAction = target === null ? '' : ` ${formActionSource(target)}`;
  ctx.status = page.status ?? 200;
  ctx.type = 'html';
  ctx.set({
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      "style-src 'self'",
      "font-src 'self'",
      'img-src data:',
      `form-action 'self'${formAction}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // `no-referrer` would make browsers send `Origin: null` with our own forms.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  });
  ctx.body = layout(page);
}

function formActionSource({ origin, protocol }: URL): string {
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol;
}
