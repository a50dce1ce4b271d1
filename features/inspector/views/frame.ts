import type { NextRequest } from 'next/server';
import { type Config, config } from '#lib/config/env.ts';
import { acceptedOrigins, VIEW_FRAME_PATH } from './view.ts';

const PAGE_PATH = '/inspector';

/**
 * Serves the frame of views, and lets the page of the inspector embed it and nothing else. All other requests, and their
 * responses, are left as they are.
 */
export async function withViewFrame<Answer extends Response>(
  request: NextRequest,
  next: (request: NextRequest) => Promise<Answer>,
  { appUrl }: Pick<Config, 'appUrl'> = config(),
): Promise<Answer | Response> {
  const { pathname, searchParams } = request.nextUrl;
  if (pathname === VIEW_FRAME_PATH) return viewFrame(searchParams, appUrl);
  const response = await next(request);
  const policy = response.headers.get('content-security-policy');
  // With its path: a view cannot lead its frame to another page.
  if (pathname === PAGE_PATH && policy !== null)
    response.headers.set('content-security-policy', `${policy}; frame-src ${appUrl}${VIEW_FRAME_PATH}`);
  return response;
}

/**
 * The document of a view: HTML of an MCP server, which is not trusted. The directive `sandbox` gives it an origin of its own, so that it
 * has no cookies, no storage and no access to the page, also when it is opened by itself. It can send requests only to
 * the origins in the query, which the page adds when the person agrees.
 */
function viewFrame(query: URLSearchParams, appUrl: string): Response {
  const connect = acceptedOrigins(query.getAll('connect'));
  const resource = acceptedOrigins(query.getAll('resource'));
  const directive = (name: string, ...values: readonly string[]) => [name, ...values, ...resource].join(' ');
  const policy = [
    'sandbox allow-scripts',
    "default-src 'none'",
    directive('script-src', "'unsafe-inline'"),
    directive('style-src', "'unsafe-inline'"),
    directive('img-src', 'data:', 'blob:'),
    directive('font-src', 'data:'),
    directive('media-src', 'data:', 'blob:'),
    `connect-src ${connect.join(' ') || "'none'"}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ];
  return new Response(loader(appUrl), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy':
        'camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=(), clipboard-write=(), display-capture=(), fullscreen=()',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  });
}

/** Writes the first HTML that the page sends, in place of itself. The policy of the document stays. */
const loader = (appUrl: string) => `<!doctype html>
<meta charset="utf-8">
<title>View</title>
<script>
const page = ${JSON.stringify(new URL(appUrl).origin)};
addEventListener('message', function receive({ source, origin, data }) {
  if (source !== parent || origin !== page) return;
  if (data?.method !== 'ui/notifications/sandbox-resource-ready' || typeof data.params?.html !== 'string') return;
  removeEventListener('message', receive);
  document.open();
  document.write(data.params.html);
  document.close();
});
if (parent !== self) parent.postMessage({ jsonrpc: '2.0', method: 'ui/notifications/sandbox-proxy-ready', params: {} }, page);
</script>
`;
