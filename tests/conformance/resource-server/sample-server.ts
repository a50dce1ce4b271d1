import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { TestIssuer } from '#tests/support/tokens.ts';
import type { Defect } from './defects.ts';

const KNOWN_VERSIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'];
const BASE = ['openid', 'profile'];
const SCOPED_TOOL = { name: 'contact', scopes: [...BASE, 'email'] };
const SESSION = 'the-session';

type Reply = { status: number; headers?: Record<string, string>; body?: unknown };
type Credentials = { token?: string; malformed?: boolean };

/**
 * A small MCP server behind OAuth that does everything the requirements ask for, except for the defects it is given.
 * Against it the suite proves that it can fail, and that it fails for the right reason.
 */
export async function startSampleServer(issuer: TestIssuer, ...defects: readonly Defect[]) {
  const has = (defect: Defect) => defects.includes(defect);
  const anyPage = has('serves pages of any name and origin');
  let origin = '';

  const base = (headers: IncomingHttpHeaders) => {
    const forwarded = has('trusts the forwarded host') ? headers['x-forwarded-host'] : undefined;
    const host = forwarded ?? (has('trusts the host') ? headers.host : undefined);
    return host === undefined ? origin : `http://${host}`;
  };

  const challenge = (headers: IncomingHttpHeaders, error?: string, scopes = BASE): Record<string, string> => {
    if (has('challenges without a scheme')) return { 'www-authenticate': 'realm="sample"' };
    const asked = has('asks for offline access') ? [...scopes, 'offline_access'] : scopes;
    const place = `${base(headers)}/.well-known/oauth-protected-resource/mcp`;
    const parameters = [
      error && !has('gives no reason for a refusal') && `error="${error}"`,
      !has('gives no metadata URL') && `resource_metadata="${place}"`,
      !has('gives no scope') && `scope="${asked.join(has('breaks the challenge grammar') ? '\\"  ' : ' ')}"`,
    ];
    return { 'www-authenticate': `Bearer ${parameters.filter(Boolean).join(', ')}` };
  };

  const metadata = (headers: IncomingHttpHeaders) => ({
    resource: has('names another resource') ? `${origin}/` : `${base(headers)}/mcp`,
    ...(!has('names no authorization server') && {
      authorization_servers: [`${issuer.url}${has('names its issuer with a slash') ? '/' : ''}`],
    }),
    scopes_supported: has('asks for offline access') ? [...BASE, 'offline_access'] : BASE,
    bearer_methods_supported: has('announces tokens in the query') ? ['header', 'query'] : ['header'],
    ...(has('puts an empty list in the metadata') && { dpop_signing_alg_values_supported: [] }),
  });

  async function verified(token: string): Promise<JWTPayload> {
    if (has('does not verify signatures')) return decodeJwt(token);
    const response = await fetch(`${issuer.url}/oauth2/jwks`);
    const keys = createLocalJWKSet((await response.json()) as Parameters<typeof createLocalJWKSet>[0]);
    const anyAudience = has('takes any audience') || has('takes a similar audience');
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      ...(!has('takes any issuer') && { issuer: issuer.url }),
      ...(!anyAudience && { audience: `${origin}/mcp` }),
      ...(!has('lets tokens live for ever') && { requiredClaims: ['exp'] }),
      ...(has('forgets expiry') && { currentDate: new Date(0), clockTolerance: 1e12 }),
    });
    const similar = String(payload.aud).startsWith(origin);
    if (has('takes a similar audience') && !similar) throw new errors.JWTInvalid('audience');
    return payload;
  }

  function credentials(incoming: IncomingMessage, body: string): Credentials {
    const values = incoming.headersDistinct.authorization ?? [];
    const [value = ''] = values;
    const query = new URL(incoming.url ?? '', origin).searchParams.get('access_token');
    if (has('takes tokens from the query') && query) return { token: query };
    const inside = /"access_token":"([^"]+)"/.exec(body)?.[1];
    if (has('takes tokens from the body') && inside) return { token: inside };
    if (!(has('wants a capital Bearer') ? /^Bearer\b/ : /^bearer\b/i).test(value)) return {};
    const [token, ...more] = value.slice('bearer'.length).trim().split(/\s+/);
    if (has('takes the first of two tokens') && token) return { token };
    return token && more.length === 0 && values.length === 1 ? { token } : { malformed: true };
  }

  function served(body: string, headers: IncomingHttpHeaders, claims: JWTPayload): Reply {
    let message: { id?: unknown; method?: string; params?: { name?: string } };
    try {
      message = JSON.parse(body);
    } catch {
      return { status: 400, body: { error: 'not JSON' } };
    }
    const version = String(headers['mcp-protocol-version'] ?? KNOWN_VERSIONS[0]);
    if (!KNOWN_VERSIONS.includes(version) && !has('takes any version'))
      return { status: 400, body: { error: 'unknown version' } };
    const held = String(claims.scope ?? BASE.join(' ')).split(' ');
    const missing = SCOPED_TOOL.scopes.filter((scope) => !held.includes(scope));
    if (message.params?.name === SCOPED_TOOL.name && missing.length > 0) {
      const named = has('names scopes one at a time') ? missing.slice(0, 1) : SCOPED_TOOL.scopes;
      const status = has('answers narrow tokens with 401') ? 401 : 403;
      return { status, headers: challenge(headers, 'insufficient_scope', named) };
    }
    return {
      status: 200,
      headers: { 'mcp-session-id': SESSION },
      body: { jsonrpc: '2.0', id: message.id, result: {} },
    };
  }

  async function endpoint(incoming: IncomingMessage, body: string): Promise<Reply> {
    const { headers } = incoming;
    const local = /^(localhost|127\.0\.0\.1)(:\d+)?$/;
    if (!local.test(headers.host ?? '') && !anyPage) return { status: 403 };
    const foreign = headers.origin !== undefined && headers.origin !== origin;
    if (foreign && !anyPage && !has('serves any origin'))
      return { status: has('answers foreign origins with 400') ? 400 : 403 };
    if (has('wants an origin') && headers.origin === undefined) return { status: 403 };
    if (has('reads the message first') && !body.endsWith('}'))
      return { status: 400, body: { error: 'not JSON' } };
    const { token, malformed } = credentials(incoming, body);
    if (has('lets a session in without a token') && headers['mcp-session-id'] === SESSION)
      return served(body, headers, {});
    if (malformed) return { status: 400, headers: challenge(headers, 'invalid_request') };
    if (token === undefined) {
      if (has('serves without credentials')) return served(body, headers, {});
      if (has('forbids instead of challenging')) return { status: 403 };
      const error = has('calls missing credentials an error') ? 'invalid_token' : undefined;
      return { status: 401, headers: challenge(headers, error) };
    }
    try {
      return served(body, headers, await verified(token));
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      return {
        status: has('answers bad tokens with 403') ? 403 : 401,
        headers: challenge(headers, 'invalid_token'),
        body: { error: has('repeats the token') ? token : 'invalid_token' },
      };
    }
  }

  async function answer(incoming: IncomingMessage): Promise<Reply> {
    const { pathname } = new URL(incoming.url ?? '', origin);
    const body = await text(incoming);
    if (pathname === '/mcp') return endpoint(incoming, body);
    const headers: Record<string, string> = has('hides the metadata from browsers')
      ? {}
      : { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'mcp-protocol-version' };
    const wellKnown = '/.well-known/oauth-protected-resource';
    if (pathname === `${wellKnown}/mcp` && has('keeps metadata at the root only')) return { status: 404 };
    if (pathname.startsWith(wellKnown) && has('has no metadata')) return { status: 404 };
    if (pathname === wellKnown || pathname === `${wellKnown}/mcp`)
      return { status: 200, headers, body: metadata(incoming.headers) };
    const known = '/.well-known/oauth-authorization-server';
    if (pathname !== known || has('hides the authorization server from old clients')) return { status: 404 };
    return { status: 200, body: await (await fetch(`${issuer.url}${known}`)).json() };
  }

  const server = createServer(async (incoming, outgoing) => {
    const { status, headers = {}, body } = await answer(incoming);
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/mcp`,
    scopedTool: SCOPED_TOOL.name,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
