import { AccessTokenRejectedError } from './rejection.ts';

/** Longest accepted access token. AuthKit's have about 1 KB. */
export const MAX_TOKEN_BYTES = 8192;

/**
 * The access token in the `Authorization` header. A token in the query or the body is ignored (RFC 6750 section 2.1, MCP
 * authorization "Token Requirements").
 *
 * @throws {AccessTokenRejectedError} `missing` without bearer credentials, `malformed_authorization` unless exactly one
 *   token68 follows the scheme, `token_too_large`
 */
export function readBearerToken(headers: Headers): string {
  const authorization = headers.get('authorization')?.trim() ?? '';
  if (!/^bearer(?![^\s,])/i.test(authorization)) throw new AccessTokenRejectedError({ reason: 'missing' });
  const credentials = authorization.slice('bearer'.length).trim();
  if (credentials.length > MAX_TOKEN_BYTES)
    throw new AccessTokenRejectedError({ reason: 'token_too_large', bytes: credentials.length });
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(credentials))
    throw new AccessTokenRejectedError({ reason: 'malformed_authorization' });
  return credentials;
}
