import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { CookieJar } from '#dev/authkit/driver.ts';
import { approve } from '#tests/support/sign-in.ts';

export type TokenAnswer = {
  status: number;
  access_token: string;
  refresh_token?: string;
  id_token?: string;
  scope?: string;
  expires_in?: number;
  error?: string;
  error_description?: string;
};

export type Authorization = {
  clientId: string;
  redirectUri: string;
  scope?: string;
  resource?: string;
  account?: string;
  organization?: string;
  decision?: 'allow' | 'deny';
  jar?: CookieJar;
  /** Sees the pages on the way. */
  onPage?: (html: string) => void;
  extra?: Record<string, string>;
};

/** What a client sends the browser to, with the PKCE verifier it keeps. */
export function authorizationRequest(issuer: string, request: Authorization) {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${issuer}/oauth2/authorize`);
  const parameters = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: 'the-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(request.scope !== undefined && { scope: request.scope }),
    ...(request.resource !== undefined && { resource: request.resource }),
    ...request.extra,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url, verifier };
}

/** Authorizes as a person would; answers the parameters of the redirect back and the verifier. */
export async function authorize(issuer: string, request: Authorization) {
  const { url, verifier } = authorizationRequest(issuer, request);
  const { account = 'ada', organization, decision, jar, onPage } = request;
  const redirect = await approve(url, {
    account,
    organization,
    decision,
    jar,
    onPage: onPage && (({ html }) => onPage(html)),
  });
  return { redirect, verifier, code: redirect.searchParams.get('code') ?? '' };
}

export async function token(issuer: string, fields: Record<string, string>): Promise<TokenAnswer> {
  const response = await fetch(`${issuer}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return { status: response.status, ...((await response.json()) as Omit<TokenAnswer, 'status'>) };
}

/** The whole code flow. */
export async function connect(issuer: string, request: Authorization): Promise<TokenAnswer> {
  const { code, verifier } = await authorize(issuer, request);
  return token(issuer, {
    grant_type: 'authorization_code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    code,
    code_verifier: verifier,
    ...(request.resource !== undefined && { resource: request.resource }),
  });
}

export function refresh(issuer: string, clientId: string, refreshToken: string): Promise<TokenAnswer> {
  return token(issuer, { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken });
}

/** The claims of a token that the published keys of `issuer` verify. */
export async function verified(issuer: string, jwt: string, audience: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/oauth2/jwks`));
  const { payload } = await jwtVerify(jwt, keys, { issuer, audience, algorithms: ['RS256'] });
  return payload;
}
