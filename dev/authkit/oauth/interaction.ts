import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC as Context, Interaction } from 'oidc-provider';
import { readForm } from '../http/body.ts';
import { signInBrowser, signOutBrowser } from '../http/browser-session.ts';
import type { FormTokens } from '../http/form-token.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import { accountPicker, chosenPerson } from '../pages/account-picker.ts';
import { describeClient } from '../pages/client-identity.ts';
import { consentPage } from '../pages/consent.ts';
import { sendPage } from '../pages/send.ts';
import { type Grants, newConsentId } from '../state/grants.ts';
import type { People } from '../state/people.ts';
import { knownScopes } from './scopes.ts';

type Parts = {
  provider: Provider;
  people: People;
  grants: Grants;
  forms: FormTokens;
};

/** The pages between an authorization request and its response: sign-in and consent. */
export function interactionRoutes({ provider, people, grants, forms }: Parts): Route[] {
  async function current(ctx: Context): Promise<Interaction> {
    try {
      return await provider.interactionDetails(ctx.req, ctx.res);
    } catch {
      throw new HttpError(
        400,
        'sign_in_expired',
        'This sign-in has expired. Go back to the app and start again.',
      );
    }
  }

  async function show(ctx: Context): Promise<void> {
    const interaction = await current(ctx);
    const redirectUri = String(interaction.params.redirect_uri);
    const client = await clientOf(interaction);
    const action = `/interaction/${interaction.uid}`;
    if (interaction.prompt.name !== 'consent') {
      const picker = { action: `${action}/sign-in`, formToken: forms.issue(ctx), client };
      return sendPage(ctx, accountPicker(picker), { redirectUri });
    }
    const person = people.find(interaction.session?.accountId ?? '');
    if (person === undefined) throw new HttpError(400, 'sign_in_expired', 'You are no longer signed in.');
    const page = consentPage({
      action,
      formToken: forms.issue(ctx),
      client,
      person,
      redirectUri,
      resources: list(interaction.params.resource),
      scopes: knownScopes(interaction.params.scope),
    });
    sendPage(ctx, page, { redirectUri });
  }

  /** Signs in, then repeats the authorization request, which finds the session and continues with consent. */
  async function signIn(ctx: Context, { params }: Interaction, userId: string): Promise<void> {
    await signInBrowser(provider, ctx, userId);
    ctx.redirect(again(params));
    ctx.status = 303;
  }

  async function decide(ctx: Context, interaction: Interaction, decision: string): Promise<void> {
    const { session, params, grantId } = interaction;
    if (decision !== 'allow') {
      const refused = { error: 'access_denied', error_description: 'the person did not allow it' };
      await finish(ctx, refused);
      return;
    }
    if (session === undefined || interaction.prompt.name !== 'consent')
      throw new HttpError(400, 'sign_in_expired', 'You are no longer signed in.');
    const client = await clientOf(interaction);
    const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    const grant = existing ?? new provider.Grant({ accountId: session.accountId, clientId: client.id });
    if (existing === undefined) grant.jti = newConsentId();
    const scopes = knownScopes(params.scope);
    grant.addOIDCScope(scopes);
    for (const resource of list(params.resource)) grant.addResourceScope(resource, scopes);
    await grants.rememberApplication({
      clientId: client.id,
      name: client.name || client.host || client.id,
      registration: client.registration,
      redirectUris: client.redirectUris,
    });
    await finish(ctx, { consent: { grantId: await grant.save() } });
  }

  async function finish(ctx: Context, result: Parameters<Provider['interactionResult']>[2]): Promise<void> {
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
    ctx.status = 303;
  }

  async function clientOf({ params }: Interaction) {
    const client = await provider.Client.find(String(params.client_id));
    if (client === undefined) throw new HttpError(400, 'invalid_client', 'This client no longer exists.');
    return describeClient(client);
  }

  async function posted(ctx: Context): Promise<{ interaction: Interaction; form: URLSearchParams }> {
    const form = await readForm(ctx);
    forms.check(ctx, form);
    return { interaction: await current(ctx), form };
  }

  return [
    route('GET', '/interaction/:uid', show),
    route('POST', '/interaction/:uid/sign-in', async (ctx) => {
      const { interaction, form } = await posted(ctx);
      const person = await chosenPerson(people, form);
      await signIn(ctx, interaction, person.id);
    }),
    route('POST', '/interaction/:uid/switch', async (ctx) => {
      const { interaction } = await posted(ctx);
      await signOutBrowser(provider, ctx);
      ctx.redirect(again(interaction.params));
      ctx.status = 303;
    }),
    route('POST', '/interaction/:uid', async (ctx) => {
      const { interaction, form } = await posted(ctx);
      await decide(ctx, interaction, form.get('decision') ?? 'deny');
    }),
  ];
}

/** The authorization request without the parameters that asked for the sign-in, which has happened. */
function again(params: Interaction['params']): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (name === 'max_age') continue;
    for (const item of list(value)) query.append(name, item);
  }
  const prompt = (query.get('prompt') ?? '').split(' ').filter((one) => one === 'consent');
  query.delete('prompt');
  if (prompt.length > 0) query.set('prompt', prompt.join(' '));
  return `/oauth2/authorize?${query}`;
}

function list(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
