import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { config } from '#lib/config/env.ts';
import { workos } from '#lib/workos/client.ts';
import { openPages, type PageSession } from './page-session.ts';

/** The part of the WorkOS API that signs people in to pages. A refresh token works once, without a grace period. */
export type FakeSessions = {
  port: number;
  /** Claims and members that the next sessions have besides those of Ada. `exp` in seconds from now. */
  next: { claims?: JWTPayload; expiresIn?: number; members?: object; key?: CryptoKey };
  /** Answers the token endpoint instead, until it is set to undefined. */
  atToken: RequestListener | undefined;
  /** Answers for the signing keys instead, until it is set to undefined. */
  atKeys: RequestListener | undefined;
  /** Refreshes so far. */
  refreshes: number;
  /** Ends every session: no refresh token works any more. */
  endSessions(): void;
  /** The variables of an app that uses this API. */
  variables: Record<string, string>;
  /** A session sealed with the configuration of this process, with these instead of {@link FakeSessions.next}. */
  seal(next?: FakeSessions['next']): Promise<string>;
  /** Signs in to the pages of an app that uses this API. */
  signIn(appUrl: string, returnTo?: string): Promise<PageSession & { landedOn: string }>;
  close(): Promise<void>;
};

/** Answers with a status and a JSON body. */
export const answer =
  (status: number, body: object, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Answers with an HTML page, as a gateway does. */
export const answerHtml =
  (status: number): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');

/** Never answers. */
export const hang: RequestListener = () => undefined;

/** Starts it on a free port. */
export async function startFakeSessions(): Promise<FakeSessions> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'session-key', alg: 'RS256', use: 'sig' };
  const usable = new Set<string>();
  let issued = 0;

  async function session() {
    const now = Math.floor(Date.now() / 1000);
    const { claims, expiresIn = 300, members, key = privateKey } = fake.next;
    const accessToken = await new SignJWT({ sub: 'user_ada', sid: 'session_ada', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: jwk.kid })
      .setIssuedAt(now + expiresIn - 300)
      .setExpirationTime(now + expiresIn)
      .sign(key);
    issued += 1;
    usable.add(`refresh_${issued}`);
    return {
      user: { object: 'user', id: 'user_ada', email: 'ada@example.com', email_verified: true, metadata: {} },
      access_token: accessToken,
      refresh_token: `refresh_${issued}`,
      ...members,
    };
  }

  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/sso/jwks/'))
      return (fake.atKeys ?? answer(200, { keys: [jwk] }))(request, response);
    if (request.url !== '/user_management/authenticate') return answer(404, {})(request, response);
    const body = JSON.parse(await text(request));
    if (body.grant_type === 'refresh_token') fake.refreshes += 1;
    if (fake.atToken) return fake.atToken(request, response);
    if (body.grant_type === 'refresh_token' && !usable.delete(body.refresh_token))
      return answer(400, { error: 'invalid_grant' })(request, response);
    return answer(200, await session())(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeSessions = {
    port,
    next: {},
    atToken: undefined,
    atKeys: undefined,
    refreshes: 0,
    endSessions: () => usable.clear(),
    variables: { WORKOS_API_HOSTNAME: 'localhost', WORKOS_API_PORT: String(port), WORKOS_API_HTTPS: 'false' },
    async seal(next = {}) {
      const before = fake.next;
      fake.next = next;
      const { sealedSession } = await workos().userManagement.authenticateWithCode({
        code: 'code',
        codeVerifier: 'verifier',
        session: { sealSession: true, cookiePassword: config().workos.cookiePassword },
      });
      fake.next = before;
      return sealedSession ?? '';
    },
    async signIn(appUrl, returnTo = '/clients') {
      const pages = openPages(appUrl);
      const login = await pages.request(`/login?returnTo=${encodeURIComponent(returnTo)}`);
      const state = new URL(login.headers.get('location') ?? '').searchParams.get('state') ?? '';
      const landed = await pages.request(`/callback?code=secret-code&state=${encodeURIComponent(state)}`);
      return { ...pages, landedOn: landed.headers.get('location') ?? '' };
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return fake;
}
