import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { readForm } from '../http/body.ts';
import { type Route, route } from '../http/routes.ts';
import type { Grants } from '../state/grants.ts';
import { type Keys, publicJwk } from '../state/keys.ts';
import { displayName, type People } from '../state/people.ts';
import { sameText } from '../workos/api.ts';

type Parts = {
  provider: Provider;
  keys: Keys;
  grants: Grants;
  people: People;
  clientId: string;
  apiKey: string;
};

/**
 * Userinfo (OpenID Connect Core 1.0 section 5.3) and introspection (RFC 7662) for tokens that are JWTs, which
 * `oidc-provider` does not look up. Unlike a resource server, these see immediately that a consent has ended.
 */
export function tokenInformationRoutes({ provider, keys, grants, people, clientId, apiKey }: Parts): Route[] {
  const verifyKeys = createLocalJWKSet({ keys: [publicJwk(keys.access)] });

  async function claimsOf(token: string): Promise<JWTPayload | undefined> {
    try {
      const options = { issuer: provider.issuer, requiredClaims: ['exp', 'sub', 'sid'] };
      const { payload } = await jwtVerify(token, verifyKeys, options);
      const consent = grants.consentsOf(String(payload.sub)).find(({ id }) => id === payload.sid);
      return consent === undefined ? undefined : payload;
    } catch {
      return undefined;
    }
  }

  async function userinfo(ctx: Context): Promise<void> {
    ctx.set('cache-control', 'no-store');
    const token = /^Bearer (\S+)$/i.exec(ctx.get('authorization'))?.[1];
    const claims = token === undefined ? undefined : await claimsOf(token);
    const person = people.find(claims?.sub ?? '');
    if (claims === undefined || person === undefined) {
      ctx.status = 401;
      ctx.set('www-authenticate', token === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
      ctx.body = { error: 'invalid_token' };
      return;
    }
    const scopes = grants.consentsOf(person.id).find(({ id }) => id === claims.sid)?.scopes ?? [];
    ctx.body = {
      sub: person.id,
      ...(scopes.includes('profile') && { name: displayName(person) }),
      ...(scopes.includes('email') && { email: person.email, email_verified: true }),
    };
  }

  async function introspect(ctx: Context): Promise<void> {
    ctx.set('cache-control', 'no-store');
    const form = await readForm(ctx);
    if (!(await clientAuthenticated(ctx, form))) {
      ctx.status = 401;
      ctx.body = { error: 'invalid_client' };
      return;
    }
    const claims = await claimsOf(form.get('token') ?? '');
    ctx.body = claims === undefined ? { active: false } : { active: true, token_type: 'Bearer', ...claims };
  }

  /** The environment with its API key, or a registered client with its secret. */
  async function clientAuthenticated(ctx: Context, form: URLSearchParams): Promise<boolean> {
    const [id, secret] = basic(ctx.get('authorization')) ?? [
      form.get('client_id'),
      form.get('client_secret'),
    ];
    if (!id || !secret) return false;
    if (id === clientId) return sameText(secret, apiKey);
    const client = id.startsWith('https:') ? undefined : await provider.Client.find(id);
    return client?.clientSecret !== undefined && sameText(secret, client.clientSecret);
  }

  return [
    route('GET', '/oauth2/userinfo', userinfo),
    route('POST', '/oauth2/userinfo', userinfo),
    route('POST', '/oauth2/introspection', introspect),
  ];
}

function basic(header: string): [string, string] | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  try {
    return colon < 0
      ? undefined
      : [decodeURIComponent(text.slice(0, colon)), decodeURIComponent(text.slice(colon + 1))];
  } catch {
    return undefined;
  }
}
