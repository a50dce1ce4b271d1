import { AccessTokenRejectedError } from './rejection.ts';

/** Longest access token looked at, in bytes; AuthKit's are about 1 KB. */
export const MAX_TOKEN_BYTES = 8192;

/**
 * The access token of a request, from the `Authorization` header and nowhere else: a token in the query or
 * the body is not looked at (RFC 6750 section 2.1, MCP authorization "Token Requirements").
 *
 * @throws {AccessTokenRejectedError} `missing` when there are no bearer credentials, `malformed_authorization` when
 *   there is not exactly one token68 after the scheme, `token_too_large`
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
