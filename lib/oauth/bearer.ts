import type { TokenRejection } from './rejection.ts';

/** Longest accepted access token. AuthKit's have about 1 KB. */
export const MAX_TOKEN_BYTES = 8192;

/**
 * The access token of a request, from the `Authorization` header only: a token in the query or the body is ignored
 * (RFC 6750 section 2.1, MCP authorization "Token Requirements").
 *
 * @returns the token; or `missing` when there are no bearer credentials, `malformed_authorization` when there is not
 *   exactly one token (RFC 7235 token68) after the scheme, `token_too_large`
 */
export function readBearerToken(headers: Headers): string | TokenRejection {
  const authorization = headers.get('authorization')?.trim() ?? '';
  if (!/^bearer(?![^\s,])/i.test(authorization)) return { reason: 'missing' };
  const credentials = authorization.slice('bearer'.length).trim();
  if (credentials.length > MAX_TOKEN_BYTES) return { reason: 'token_too_large', bytes: credentials.length };
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(credentials)) return { reason: 'malformed_authorization' };
  return credentials;
}
