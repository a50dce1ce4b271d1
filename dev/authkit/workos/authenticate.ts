import { createHash } from 'node:crypto';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { readObject } from '../http/body.ts';
import { type Route, route } from '../http/routes.ts';
import type { Settings } from '../options.ts';
import type { People, Person } from '../state/people.ts';
import type { Collection } from '../state/store.ts';
import { oauthError, sameText } from './api.ts';
import type { SignInCode } from './authorize.ts';
import type { PageSessions, PageTokens } from './sessions.ts';
import { userObject } from './users.ts';

type Parts = { people: People; settings: Settings; codes: Collection<SignInCode>; sessions: PageSessions };

/** `POST /user_management/authenticate` with a code or a refresh token. */
export function authenticateRoutes({ people, settings, codes, sessions }: Parts): Route[] {
  async function redeemCode(ctx: Context, body: Record<string, unknown>, confidential: boolean) {
    const code = text(body.code);
    const granted = codes.get(code);
    // A code is valid for one attempt, even a failed one.
    await codes.delete(code);
    const person = granted === undefined ? undefined : people.find(granted.userId);
    const verified = granted !== undefined && pkceHolds(granted, text(body.code_verifier), confidential);
    if (person === undefined || !verified)
      return oauthError(
        ctx,
        400,
        'invalid_grant',
        `The code '${code.slice(0, 4)}…' has expired or is invalid.`,
      );
    const organizationId = granted?.organizationId;
    const { tokens } = await sessions.start(person, organizationId);
    return respond(ctx, person, tokens, organizationId);
  }

  async function redeemRefreshToken(ctx: Context, body: Record<string, unknown>) {
    const renewed = await sessions.renew(text(body.refresh_token));
    const person = renewed === undefined ? undefined : people.find(renewed.session.userId);
    if (renewed === undefined || person === undefined)
      return oauthError(ctx, 400, 'invalid_grant', 'Session has already ended.');
    return respond(ctx, person, await renewed.tokensFor(person), renewed.session.organizationId);
  }

  function respond(
    ctx: Context,
    person: Person,
    tokens: PageTokens,
    organizationId: string | undefined,
  ): void {
    ctx.body = {
      user: userObject(person),
      ...(organizationId && { organization_id: organizationId }),
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      authentication_method: 'Password',
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
