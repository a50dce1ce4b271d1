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
import type { Directory } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import type { People } from '../state/people.ts';
import { knownScopes } from './scopes.ts';

type Parts = {
  provider: Provider;
  people: People;
  directory: Directory;
  grants: Grants;
  forms: FormTokens;
};

/** The pages between an authorization request and its response: sign-in and consent. */
export function interactionRoutes({ provider, people, directory, grants, forms }: Parts): Route[] {
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
    // The device grant redirects nowhere.
    const redirectUri =
      interaction.deviceCode === undefined ? String(interaction.params.redirect_uri) : undefined;
    const client = await clientOf(interaction);
    const action = `/interaction/${interaction.uid}`;
    if (interaction.prompt.name !== 'consent') {
      const picker = { action: `${action}/sign-in`, formToken: forms.issue(ctx), client, directory };
      return sendPage(ctx, accountPicker(picker), { redirectUri });
    }
    const person = people.find(interaction.session?.accountId ?? '');
    if (person === undefined) throw new HttpError(400, 'sign_in_expired', 'You are no longer signed in.');
    const page = consentPage({
      action,
      formToken: forms.issue(ctx),
      client,
      person,
      organizations: directory.organizationsOf(person.id),
      redirectUri,
      resources: list(interaction.params.resource),
      scopes: knownScopes(interaction.params.scope),
    });
    sendPage(ctx, page, { redirectUri });
  }

  /** Signs in, then repeats the authorization request, which finds the session and continues with consent. */
  async function signIn(ctx: Context, interaction: Interaction, userId: string): Promise<void> {
    const { params, deviceCode } = interaction;
    if (deviceCode !== undefined) return finish(ctx, { login: { accountId: userId } });
    await signInBrowser(provider, ctx, userId);
    ctx.redirect(again(params));
    ctx.status = 303;
  }

  async function decide(ctx: Context, interaction: Interaction, form: URLSearchParams): Promise<void> {
    const { session, params } = interaction;
    if (form.get('decision') !== 'allow') {
      const refused = { error: 'access_denied', error_description: 'the person did not allow it' };
      await finish(ctx, refused);
      return;
    }
    if (session === undefined || interaction.prompt.name !== 'consent')
      throw new HttpError(400, 'sign_in_expired', 'You are no longer signed in.');
    const client = await clientOf(interaction);
    const grant = await grantFor(session.accountId, client.id, chosenOrganization(session.accountId, form));
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

  /** @throws {HttpError} for an organization that the person does not belong to */
  function chosenOrganization(userId: string, form: URLSearchParams): string | undefined {
    const organizations = directory.organizationsOf(userId);
    if (organizations.length <= 1) return organizations[0]?.id;
    const chosen = organizations.find(({ id }) => id === form.get('organization'));
    if (chosen === undefined)
      throw new HttpError(400, 'organization_selection_required', 'Go back and choose an organization.');
    return chosen.id;
  }

  async function grantFor(accountId: string, clientId: string, organizationId: string | undefined) {
    const existing = grants.consentOf(accountId, clientId, organizationId);
    const id = existing?.id ?? (await grants.begin(accountId, clientId, organizationId));
    const grant = (await provider.Grant.find(id)) ?? new provider.Grant({ accountId, clientId });
    grant.jti = id;
    return grant;
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
      await decide(ctx, interaction, form);
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
