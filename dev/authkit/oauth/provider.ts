import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import Provider, { type errors, interactionPolicy } from 'oidc-provider';
import { sanitize } from '#lib/text/sanitize.ts';
import { BROWSER_SESSION_LIFETIME_S } from '../http/browser-session.ts';
import type { Settings } from '../options.ts';
import { describeClient } from '../pages/client-identity.ts';
import { deviceCodePage, deviceConfirmPage, deviceDonePage } from '../pages/device.ts';
import { errorPage } from '../pages/message.ts';
import { sendPage } from '../pages/send.ts';
import { storeAdapter } from '../state/adapter.ts';
import type { Directory } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import { newId } from '../state/ids.ts';
import type { Keys } from '../state/keys.ts';
import { displayName, type People } from '../state/people.ts';
import type { Collection, Store } from '../state/store.ts';
import { accessTokenClaims } from './access-token.ts';
import { type Applications, registerApplicationGrants } from './application-grants.ts';
import { applyClientRules, readRegistration } from './client-rules.ts';
import { clientAuthMethods } from './metadata.ts';
import { outboundFetch } from './outbound.ts';
import type { Resources } from './resources.ts';
import { SCOPES } from './scopes.ts';

const DAY_S = 24 * 60 * 60;
const ERROR_LIFETIME_S = 600;

/** The texts of `/oauth2/error`: in its URL anyone could write anything. */
export type ErrorText = { code: string; text: string };

export type ProviderParts = {
  issuer: string;
  settings: Settings;
  store: Store;
  keys: Keys;
  people: People;
  directory: Directory;
  grants: Grants;
  resources: Resources;
  applications: Applications;
  errorTexts: Collection<ErrorText>;
};

/** `oidc-provider`, configured to behave as AuthKit does for MCP clients. */
export function createProvider(parts: ProviderParts): Provider {
  const { issuer, settings, store, keys, people, directory, grants, resources, applications, errorTexts } =
    parts;
  const { behaviour } = settings;
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  const port = new URL(issuer).port;

  const provider: Provider = new Provider(issuer, {
    adapter: storeAdapter(store, behaviour),
    jwks: { keys: [keys.access as JWK & { kty: 'RSA' }] },
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      jwks: '/oauth2/jwks',
      registration: '/oauth2/register',
      end_session: '/oauth2/session/end',
      device_authorization: '/oauth2/device_authorization',
      code_verification: '/oauth2/device',
    },
    cookies: {
      keys: keys.cookies,
      // All ports of `localhost` share cookies, with the app and with other local AuthKits.
      names: {
        session: `authkit_${port}_session`,
        interaction: `authkit_${port}_interaction`,
        resume: `authkit_${port}_resume`,
      },
      long: { httpOnly: true, sameSite: 'lax' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    features: {
      clientIdMetadataDocument: {
        enabled: true,
        ack: 'draft-02',
        allowFetch: () => behaviour.cimd,
        allowClient: () => behaviour.cimd,
        // Without a minimum, every step of a sign-in would fetch the document again.
        cacheDuration: { min: 30, max: 60 },
      },
      registration: {
        enabled: true,
        issueRegistrationAccessToken: false,
        idFactory(ctx) {
          // The first place that sees the body.
          readRegistration(ctx.oidc.body);
          return newId('client');
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? resources.fallback(),
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, identifier) => resources.server(ctx, identifier),
      },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, _form, _out, error) => sendPage(ctx, deviceCodePage(ctx, error)),
        userCodeConfirmSource: (ctx, _form, client, _device, userCode) =>
          sendPage(ctx, deviceConfirmPage(ctx, describeClient(client), userCode)),
        successSource: (ctx) => sendPage(ctx, deviceDonePage()),
      },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    scopes: SCOPES,
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name'],
      email: ['email', 'email_verified'],
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: clientAuthMethods(behaviour),
    clientDefaults: { grant_types: ['authorization_code', 'refresh_token'] },
    extraClientMetadata: {
      // The validator runs once for each property in this list.
      properties: ['software_id'],
      validator: (_ctx, _key, _value, metadata) =>
        applyClientRules(metadata, behaviour, applications.get(metadata.client_id) !== undefined),
    },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    expiresWithSession: () => false,
    // A replayed token ends the refresh tokens of its consent. The consent itself remains.
    revokeGrantPolicy: () => false,
    async loadExistingGrant(ctx) {
      const { session, client, result } = ctx.oidc;
      const consented = result?.consent?.grantId;
      if (consented !== undefined) return provider.Grant.find(consented);
      const userId = session?.accountId ?? '';
      const [membership, ...others] = directory.of(userId);
      // Someone with several organizations chooses one each time.
      if (others.length > 0) return undefined;
      const consent = grants.consentOf(userId, client?.clientId ?? '', membership?.organizationId);
      return consent && provider.Grant.find(consent.id);
    },
    findAccount(_ctx, id) {
      const person = people.find(id);
      if (person === undefined) return undefined;
      const claims = {
        sub: id,
        name: displayName(person),
        given_name: person.firstName ?? undefined,
        family_name: person.lastName ?? undefined,
        email: person.email,
        email_verified: true,
      };
      return { accountId: id, claims: () => claims };
    },
    formats: {
      customizers: {
        jwt(_ctx, token, jwt) {
          if (token.kind !== 'AccessToken') return;
          const organizationId = grants.organizationOf(token.grantId ?? '');
          const membership = directory
            .of(token.accountId)
            .find((one) => one.organizationId === organizationId);
          const permissions = directory.permissions(membership);
          jwt.payload = accessTokenClaims(settings, jwt.payload, {
            id: token.grantId,
            organizationId,
            permissions,
          });
          const { tokenType } = behaviour;
          jwt.header = { typ: tokenType === 'none' ? undefined : tokenType };
        },
      },
    },
    interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
    async renderError(ctx, out, error) {
      const clientId = String(ctx.oidc?.params?.client_id ?? '');
      const text = unreachable(error, clientId) ?? (detailOf(error) || out.error_description);
      const knowsClient =
        ctx.oidc?.route !== 'authorization' || ctx.oidc.client !== undefined || clientId === '';
      if (knowsClient) return sendPage(ctx, errorPage({ code: out.error, text, status: ctx.status }));
      // AuthKit redirects to a page of its own when it does not know the client.
      const code = clientId.startsWith('https:') ? 'invalid_client_metadata' : 'application_not_found';
      const id = randomBytes(16).toString('hex');
      await errorTexts.set(id, { code, text: text ?? '' }, ERROR_LIFETIME_S);
      ctx.redirect(`/oauth2/error?error=${code}&id=${id}`);
      ctx.status = 302;
    },
    ttl: {
      AccessToken: () => behaviour.accessTokenLifetimeSeconds,
      AuthorizationCode: () => 120,
      DeviceCode: () => 600,
      IdToken: () => behaviour.accessTokenLifetimeSeconds,
      Interaction: () => 3600,
      RefreshToken: () => 30 * DAY_S,
      Session: () => BROWSER_SESSION_LIFETIME_S,
      Grant: () => 3650 * DAY_S,
    },
    fetch: outboundFetch(settings.appUrl),
  });

  registerApplicationGrants(provider, parts);

  const refused = (what: string) => (_ctx: unknown, error: Error) =>
    settings.log(`local AuthKit refused ${what}: ${sanitize(`${error.message}; ${detailOf(error)}`, 400)}`);
  provider.on('authorization.error', refused('an authorization'));
  provider.on('grant.error', refused('a token'));
  provider.on('registration_create.error', refused('a registration'));
  provider.on('server_error', (_ctx, error) => {
    console.error('local AuthKit: unexpected error', error.stack ?? String(error));
  });
  return provider;
}

const UNREACHABLE = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What to do when the document of a client could not be fetched because its host does not answer this machine. */
function unreachable(error: unknown, clientId: string): string | undefined {
  for (let cause = error; cause instanceof Error; { cause } = cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && UNREACHABLE.has(code))
      return `This machine cannot reach ${URL.parse(clientId)?.host} (${code}), where the client publishes its metadata document. The client is not the reason. Without internet, start local AuthKit with AUTHKIT_CIMD=off: then clients register themselves, if they can.`;
  }
  return undefined;
}

/** The reason and the causes of an error. Developers see them, clients do not. */
function detailOf(error: Error): string {
  const { error_description = '', error_detail = '' } = error as Partial<errors.OIDCProviderError>;
  const causes: string[] = [];
  for (let { cause } = error; cause instanceof Error; { cause } = cause) causes.push(cause.message);
  return [...new Set([error_description, error_detail, ...causes])].filter(Boolean).join('; ');
}
