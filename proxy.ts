import type { NextRequest } from 'next/server';
import { withViewFrame } from '#features/inspector/views/frame.ts';
import { config as settings } from '#lib/config/env.ts';
import { refuseWrongPath } from '#lib/mcp/wrong-path.ts';
import { pageProxy } from '#lib/session/proxy.ts';

export function proxy(request: NextRequest) {
  return refuseWrongPath(request, settings()) ?? withViewFrame(request, pageProxy);
}

// Pages only: endpoints for programs (/mcp, /.well-known, /oauth, /health, /webhooks) and static files have no session.
export const config = {
  matcher: [
    '/((?!mcp$|\\.well-known/|oauth/|health$|health/|webhooks/|screenshots/|_next/static/|_next/image|[^/]+\\.(?:png|ico|svg|txt)$).*)',
  ],
};
