import { createHash } from 'node:crypto';

/** CORS for a public document: any origin, no credentials. */
const PUBLIC_CORS = { 'access-control-allow-origin': '*' } as const;

/**
 * Responds with a public JSON document: `GET` and `HEAD` with the document, `OPTIONS` with CORS for any origin (browser
 * clients read these documents), 405 with `allow` otherwise. The `etag` is a hash of the bytes, so every instance sends
 * the same one; a client that has this version gets 304 (RFC 9110 section 13.1.2).
 *
 * @param cacheSeconds - how long anyone may cache the response
 */
export function publicJson(request: Request, document: unknown, cacheSeconds: number): Response {
  const refused = refuseMethod(request);
  if (refused !== undefined) return refused;
  const body = JSON.stringify(document);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const headers = {
    ...PUBLIC_CORS,
    'content-type': 'application/json',
    'cache-control': `public, max-age=${cacheSeconds}`,
    etag,
    'x-content-type-options': 'nosniff',
  };
  const known = request.headers.get('if-none-match')?.split(',') ?? [];
  if (known.some((tag) => tag.trim().replace(/^W\//, '') === etag))
    return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}

/** The response to a preflight or to a method that a public document does not support; otherwise undefined. */
export function refuseMethod(request: Request): Response | undefined {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (request.method === 'OPTIONS')
    return new Response(null, {
      status: 204,
      headers: {
        ...PUBLIC_CORS,
        'access-control-allow-methods': 'GET, HEAD, OPTIONS',
        // Clients of several MCP revisions send their protocol version with every discovery request.
        'access-control-allow-headers': 'MCP-Protocol-Version, Authorization, Accept, Content-Type',
        'access-control-max-age': '86400',
      },
    });
  return Response.json(
    { error: 'method_not_allowed', error_description: 'Use GET' },
    { status: 405, headers: { ...PUBLIC_CORS, allow: 'GET, HEAD, OPTIONS' } },
  );
}
