import { randomBytes } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { readForm } from '../http/body.ts';
import { browserSession, signInBrowser } from '../http/browser-session.ts';
import type { FormTokens } from '../http/form-token.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { Settings } from '../options.ts';
import { accountPicker, chosenPerson } from '../pages/account-picker.ts';
import { organizationPicker } from '../pages/organization-picker.ts';
import { sendPage } from '../pages/send.ts';
import type { Directory } from '../state/directory.ts';
import type { People } from '../state/people.ts';
import type { Collection, Store } from '../state/store.ts';
import type { Impersonator } from './sessions.ts';

/** What a code of the page sign-in stands for. */
export type SignInCode = {
  userId: string;
  organizationId?: string;
  impersonator?: Impersonator;
  codeChallenge?: string;
};

const CODE_LIFETIME_S = 600;

type Parts = {
  provider: Provider;
  people: People;
  directory: Directory;
  forms: FormTokens;
  settings: Settings;
  store: Store;
  codes: Collection<SignInCode>;
};

/** `GET /user_management/authorize`: sign-in to the app's own pages, as `authkit-nextjs` starts it. */
export function authorizeRoutes(parts: Parts): Route[] {
  const { provider, people, directory, forms, settings, store, codes } = parts;
  const impersonations = store.collection<Impersonator>('impersonation');
  const lastOrganizations = store.collection<string>('last_organization');

  /** Sends the person back to the app, unless an organization is to be chosen first. */
  async function answer(
    ctx: Context,
    request: SignInRequest,
    session: { id: string; userId: string },
    wanted?: string | null,
  ): Promise<void> {
    const { userId } = session;
    const memberships = directory.of(userId);
    const [first, ...others] = memberships;
    let organizationId = first?.organizationId;
    if (others.length > 0) {
      const known = wanted ?? lastOrganizations.get(session.id);
      organizationId = memberships.find((one) => one.organizationId === known)?.organizationId;
      if (organizationId === undefined && settings.behaviour.organizationSelection === 'page')
        return sendPage(ctx, organizationPicker(forms.issue(ctx), directory.organizationsOf(userId)), {
          redirectUri: request.redirectUri,
        });
      if (organizationId !== undefined) await lastOrganizations.set(session.id, organizationId);
    }
    const code = randomBytes(24).toString('base64url');
    const { codeChallenge } = request;
    const impersonator = impersonations.get(session.id);
    await codes.set(code, { userId, organizationId, impersonator, codeChallenge }, CODE_LIFETIME_S);
    const target = new URL(request.redirectUri);
    target.searchParams.set('code', code);
    if (request.state !== undefined) target.searchParams.set('state', request.state);
    ctx.redirect(target.href);
    ctx.status = 303;
  }

  return [
    route('GET', '/user_management/authorize', async (ctx) => {
      const request = signInRequest(ctx, settings);
      const session = await browserSession(provider, ctx);
      const stale = session !== undefined && Date.now() / 1000 - session.signedInAt > request.maxAge;
      if (session !== undefined && people.find(session.userId) && !request.prompt && !stale)
        return answer(ctx, request, session);
      const page = accountPicker({ formToken: forms.issue(ctx), directory });
      sendPage(ctx, page, { redirectUri: request.redirectUri });
    }),
    route('POST', '/user_management/authorize', async (ctx) => {
      const form = await readForm(ctx);
      forms.check(ctx, form);
      const request = signInRequest(ctx, settings);
      const session = await browserSession(provider, ctx);
      const organization = form.get('organization');
      if (session !== undefined && organization !== null) return answer(ctx, request, session, organization);
      const { id: userId } = await chosenPerson(people, form);
      await answer(ctx, request, { id: await signInBrowser(provider, ctx, userId), userId });
    }),
    // A sign-in that AuthKit starts: a bookmarked page, a link in a mail.
    route('GET', '/', (ctx) => startHere(ctx, settings)),
    // What the button in the WorkOS dashboard does. The link works once, so that no other site can use it.
    route('GET', '/_local/impersonation/:link', async (ctx, link = '') => {
      const granted = codes.get(link);
      await codes.delete(link);
      if (granted?.impersonator === undefined)
        throw new HttpError(404, 'not_found', 'This link has been used or does not exist.');
      await impersonations.set(await signInBrowser(provider, ctx, granted.userId), granted.impersonator);
      startHere(ctx, settings);
    }),
  ];
}

function startHere(ctx: Context, { appUrl, clientId, behaviour }: Settings): void {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: `${appUrl}/callback`,
    response_type: 'code',
  });
  ctx.redirect(behaviour.initiateLoginUri || `/user_management/authorize?${query}`);
  ctx.status = 303;
}
type SignInRequest = {
  redirectUri: string;
  state?: string;
  codeChallenge?: string;
  /** Whether the person must choose an account even when signed in. */
  prompt: boolean;
  /** Seconds. */
  maxAge: number;
};

/** @throws {HttpError} for a request that WorkOS would not redirect */
function signInRequest(ctx: Context, settings: Settings): SignInRequest {
  const query = new URLSearchParams(ctx.querystring);
  if (query.get('client_id') !== settings.clientId)
    throw new HttpError(400, 'invalid_client', 'The client_id is not that of this environment.');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (URL.parse(redirectUri)?.origin !== settings.appUrl)
    throw new HttpError(
      400,
      'invalid_redirect_uri',
      `The redirect_uri is not an address of ${settings.appUrl}.`,
    );
  if (query.get('response_type') !== 'code')
    throw new HttpError(400, 'unsupported_response_type', 'The response_type must be "code".');
  const codeChallenge = query.get('code_challenge');
  if (codeChallenge !== null && query.get('code_challenge_method') !== 'S256')
    throw new HttpError(400, 'invalid_request', 'The code_challenge_method must be "S256".');
  const state = query.get('state');
  const maxAge = query.get('max_age');
  return {
    redirectUri,
    prompt: ['login', 'select_account'].includes(query.get('prompt') ?? ''),
    maxAge: maxAge !== null && /^\d+$/.test(maxAge) ? Number(maxAge) : Number.POSITIVE_INFINITY,
    state: state ?? undefined,
    codeChallenge: codeChallenge ?? undefined,
  };
}
