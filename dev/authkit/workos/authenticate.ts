import { createHash, randomBytes } from 'node:crypto';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { readObject } from '../http/body.ts';
import { type Route, route } from '../http/routes.ts';
import type { Settings } from '../options.ts';
import type { Directory } from '../state/directory.ts';
import type { People, Person } from '../state/people.ts';
import type { Collection } from '../state/store.ts';
import { oauthError, sameText } from './api.ts';
import type { SignInCode } from './authorize.ts';
import type { Impersonator, PageSessions, PageTokens } from './sessions.ts';
import { userObject } from './users.ts';

type Parts = {
  people: People;
  directory: Directory;
  settings: Settings;
  codes: Collection<SignInCode>;
  sessions: PageSessions;
};

const ORGANIZATION_GRANT = 'urn:workos:oauth:grant-type:organization-selection';
const PENDING_LIFETIME_S = 600;

/** `POST /user_management/authenticate` with a code, a refresh token or the choice of an organization. */
export function authenticateRoutes({ people, directory, settings, codes, sessions }: Parts): Route[] {
  async function redeemCode(ctx: Context, body: Record<string, unknown>, confidential: boolean) {
    const code = text(body.code);
    const granted = codes.get(code);
    // A code is valid for one attempt, even a failed one.
    await codes.delete(code);
    const verified = granted !== undefined && pkceHolds(granted, text(body.code_verifier), confidential);
    if (!verified || people.find(granted.userId) === undefined)
      return oauthError(
        ctx,
        400,
        'invalid_grant',
        `The code '${code.slice(0, 4)}…' has expired or is invalid.`,
      );
    return startSession(ctx, granted);
  }

  async function startSession(ctx: Context, granted: SignInCode) {
    const { userId, organizationId, impersonator } = granted;
    const person = people.find(userId);
    if (person === undefined) return oauthError(ctx, 400, 'invalid_grant', 'This user no longer exists.');
    const organizations = directory.organizationsOf(userId);
    if (organizationId === undefined && organizations.length > 0) {
      const pending = `pending_${randomBytes(16).toString('hex')}`;
      await codes.set(pending, { userId, impersonator }, PENDING_LIFETIME_S);
      ctx.status = 403;
      ctx.body = {
        code: 'organization_selection_required',
        message: 'The user must choose an organization to finish their authentication.',
        pending_authentication_token: pending,
        user: userObject(person),
        organizations: organizations.map(({ id, name }) => ({ id, name })),
      };
      return;
    }
    const { session, tokens } = await sessions.start(person, { organizationId, impersonator });
    respond(ctx, person, tokens, session);
  }

  async function chooseOrganization(ctx: Context, body: Record<string, unknown>) {
    const pending = text(body.pending_authentication_token);
    const granted = codes.get(pending);
    const organizationId = text(body.organization_id);
    const belongs = directory
      .of(granted?.userId ?? '')
      .some((membership) => membership.organizationId === organizationId);
    if (granted === undefined || !belongs)
      return oauthError(ctx, 400, 'invalid_grant', 'The pending authentication token is invalid.');
    await codes.delete(pending);
    return startSession(ctx, { ...granted, organizationId });
  }

  async function redeemRefreshToken(ctx: Context, body: Record<string, unknown>) {
    const renewed = await sessions.renew(text(body.refresh_token));
    const person = renewed === undefined ? undefined : people.find(renewed.session.userId);
    if (renewed === undefined || person === undefined)
      return oauthError(ctx, 400, 'invalid_grant', 'Session has already ended.');
    const wanted = text(body.organization_id);
    if (wanted !== '') {
      if (!directory.of(person.id).some(({ organizationId }) => organizationId === wanted))
        return oauthError(ctx, 400, 'invalid_grant', 'The user does not belong to this organization.');
      await sessions.switchTo(renewed.session, wanted);
    }
    return respond(ctx, person, await renewed.tokensFor(person), renewed.session);
  }

  function respond(
    ctx: Context,
    person: Person,
    tokens: PageTokens,
    { organizationId, impersonator }: { organizationId?: string; impersonator?: Impersonator },
  ): void {
    ctx.body = {
      user: userObject(person),
      ...(organizationId && { organization_id: organizationId }),
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      authentication_method: impersonator ? 'Impersonation' : 'Password',
      ...(impersonator && { impersonator }),
    };
  }

  return [
    route('POST', '/user_management/authenticate', async (ctx) => {
      ctx.set('cache-control', 'no-store');
      const body = await readObject(ctx);
      const secret = body.client_secret;
      const known = text(body.client_id) === settings.clientId;
      if (!known || (secret !== undefined && !sameText(text(secret), settings.apiKey)))
        return oauthError(ctx, 400, 'invalid_client', 'Invalid client ID or secret.');
      if (body.grant_type === 'authorization_code') return redeemCode(ctx, body, secret !== undefined);
      if (body.grant_type === 'refresh_token') return redeemRefreshToken(ctx, body);
      if (body.grant_type === ORGANIZATION_GRANT && secret !== undefined)
        return chooseOrganization(ctx, body);
      return oauthError(ctx, 400, 'unsupported_grant_type', 'This grant type is not supported here.');
    }),
  ];
}

/** RFC 7636 section 4.6. Without a challenge only a caller with the API key may redeem a code. */
function pkceHolds({ codeChallenge }: SignInCode, verifier: string, confidential: boolean): boolean {
  if (codeChallenge === undefined) return confidential && verifier === '';
  return sameText(createHash('sha256').update(verifier).digest('base64url'), codeChallenge);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
