import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { type Config, parseConfig } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';

/** Variables of an app on this machine that uses no service: nothing answers at its issuer. */
export const TEST_VARIABLES = {
  AUTHKIT_DOMAIN: 'https://auth.example.com',
  WORKOS_API_KEY: 'sk_test_issuer',
  WORKOS_CLIENT_ID: 'client_test',
  WORKOS_COOKIE_PASSWORD: 'only-for-tests-0123456789-abcdefgh',
  DATABASE_URL: 'pglite:memory://',
};

type SigningKey = { kid: string; privateKey: CryptoKey; publicJwk: JWK };

/** An authorization server on loopback that signs any claims. It also answers the WorkOS API with one person. */
export type TestIssuer = {
  url: string;
  /** The configuration of an app that trusts this issuer. */
  config: Config;
  /** The claims that AuthKit documents for an access token of `ada`, valid for five minutes. */
  claims(changes?: JWTPayload): JWTPayload;
  /** A signed access token: {@link TestIssuer.claims} with `changes`; a claim set to undefined is left out. */
  token(changes?: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** The key that signs now. */
  key(): SigningKey;
  /** Signs with a new key from here on. The old one is still published unless `keepOld` is false. */
  rotate(keepOld?: boolean): Promise<void>;
  /** What the WorkOS API answers besides, by path: a document, or the status of an error. */
  workos: Map<string, object | number>;
  /** Paths asked for so far, in order. */
  requests: string[];
  /** Answers every request with this instead, until it is called with undefined. */
  answerWith(listener: RequestListener | undefined): void;
  close(): Promise<void>;
};

async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

/**
 * Starts an issuer.
 *
 * @param env - variables of the app besides those that point it here
 */
export async function startIssuer(env: Record<string, string> = {}): Promise<TestIssuer> {
  const keys = [await makeKey('test-key-1')];
  const published = [...keys];
  const requests: string[] = [];
  const workos = new Map<string, object | number>();
  let override: RequestListener | undefined;
  let url = '';
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (override) return override(request, response);
    const documents: Record<string, object> = {
      '/oauth2/jwks': { keys: published.map(({ publicJwk }) => publicJwk) },
      '/.well-known/oauth-authorization-server': {
        issuer: url,
        authorization_endpoint: `${url}/oauth2/authorize`,
        token_endpoint: `${url}/oauth2/token`,
        jwks_uri: `${url}/oauth2/jwks`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        client_id_metadata_document_supported: true,
      },
      '/user_management/users/user_ada': {
        object: 'user',
        id: 'user_ada',
        email: 'ada@example.com',
        email_verified: true,
        first_name: 'Ada',
        last_name: null,
      },
    };
    const path = request.url?.split('?')[0] ?? '';
    const document = workos.get(path) ?? documents[path] ?? 404;
    const status = typeof document === 'number' ? document : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? document : { message: 'An error of WorkOS' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;

  const config = parseConfig({
    ...TEST_VARIABLES,
    AUTHKIT_DOMAIN: url,
    LOG_FORMAT: 'json',
    ...env,
  });
  const key = () => {
    const current = keys.at(-1);
    if (!current) throw new Error('The issuer has no key');
    return current;
  };
  const claims = (changes: JWTPayload = {}): JWTPayload => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: url,
      aud: resourceUrl(config),
      sub: 'user_ada',
      sid: 'app_consent_ada',
      jti: crypto.randomUUID(),
      iat: now,
      exp: now + 300,
      ...changes,
    };
  };
  return {
    url,
    config,
    claims,
    token: (changes, header) =>
      new SignJWT(claims(changes))
        .setProtectedHeader({ alg: 'RS256', kid: key().kid, typ: 'JWT', ...header })
        .sign(key().privateKey),
    key,
    async rotate(keepOld = true) {
      keys.push(await makeKey(`test-key-${keys.length + 1}`));
      if (!keepOld) published.length = 0;
      published.push(key());
    },
    workos,
    requests,
    answerWith(listener) {
      override = listener;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
