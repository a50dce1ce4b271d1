import type { RequestListener } from 'node:http';
import { cors } from './http/cors.ts';
import { errorResponses } from './http/error-responses.ts';
import { openFaults } from './http/faults.ts';
import { formTokens } from './http/form-token.ts';
import { addressedToLoopback } from './http/guard.ts';
import { listen } from './http/listen.ts';
import { dispatch, route } from './http/routes.ts';
import { openApplications } from './oauth/application-grants.ts';
import { interactionRoutes } from './oauth/interaction.ts';
import { metadataRoutes } from './oauth/metadata.ts';
import { createProvider, type ErrorText } from './oauth/provider.ts';
import { requestDefaults } from './oauth/request-defaults.ts';
import { openResources, seedResource } from './oauth/resources.ts';
import { tokenInformationRoutes } from './oauth/token-information.ts';
import { type AuthkitOptions, checkOptions, type Settings } from './options.ts';
import { assetRoutes } from './pages/assets.ts';
import { errorPage } from './pages/message.ts';
import { sendPage } from './pages/send.ts';
import { openDirectory } from './state/directory.ts';
import { openGrants } from './state/grants.ts';
import { derivedSecret, loadKeys } from './state/keys.ts';
import { openPeople } from './state/people.ts';
import { openStore, type Store } from './state/store.ts';
import { workosApi } from './workos/api.ts';
import { authenticateRoutes } from './workos/authenticate.ts';
import { authorizeRoutes, type SignInCode } from './workos/authorize.ts';
import { authorizedApplicationRoutes } from './workos/authorized-applications.ts';
import { controlRoutes } from './workos/control.ts';
import { openEvents } from './workos/events.ts';
import { logoutRoutes } from './workos/logout.ts';
import { membershipRoutes } from './workos/memberships.ts';
import { oauthResourceRoutes } from './workos/oauth-resources.ts';
import { roleRoutes } from './workos/roles.ts';
import { sessionKeyRoutes } from './workos/session-keys.ts';
import { openPageSessions } from './workos/sessions.ts';
import { userRoutes } from './workos/users.ts';

export type Authkit = {
  /** Issuer and base of everything, no trailing slash. */
  url: string;
  close(): Promise<void>;
};

/**
 * Starts a local AuthKit: an authorization server for MCP clients, and the part of the WorkOS API that the app
 * calls. Anyone can sign in as any user, so it serves this machine only.
 *
 * @throws {AuthkitStartError} when an option is wrong, the port is taken or the state cannot be read
 */
export async function startAuthkit(options: AuthkitOptions): Promise<Authkit> {
  const settings = checkOptions(options);
  const store = openStore(settings.dataDir);
  // The issuer has the port in it, so the port comes first.
  const { promise: handler, resolve } = Promise.withResolvers<RequestListener>();
  const server = await listen(settings.host, settings.port, async (request, response) => {
    if (addressedToLoopback(request)) return (await handler)(request, response);
    response.writeHead(421, { 'content-type': 'text/plain' });
    response.end('Local AuthKit serves localhost only.\n');
  });
  const host = settings.host === '::1' ? '[::1]' : settings.host;
  const url = `http://${host}:${server.port}`;
  try {
    resolve(await createHandler(url, settings, store));
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    url,
    async close() {
      await server.close();
      await store.flush();
    },
  };
}

async function createHandler(url: string, settings: Settings, store: Store): Promise<RequestListener> {
  const { apiKey, clientId, appUrl, behaviour } = settings;
  const api = workosApi(settings);
  const keys = await loadKeys(store);
  const people = openPeople(store);
  const directory = openDirectory(store);
  const grants = openGrants(store, behaviour);
  const resources = openResources(settings, store);
  await seedResource(resources, settings);
  const applications = openApplications(store);
  const errorTexts = store.collection<ErrorText>('error_text');
  const codes = store.collection<SignInCode>('sign_in_code');
  const events = openEvents(settings);
  const faults = openFaults();
  const sessions = openPageSessions({
    store,
    key: keys.session,
    issuer: `${url}/user_management/${clientId}`,
    directory,
    behaviour,
    events,
  });
  const forms = formTokens(derivedSecret(keys, 'forms'), `authkit_${new URL(url).port}_form`, url);
  const provider = createProvider({
    issuer: url,
    settings,
    store,
    keys,
    people,
    directory,
    grants,
    resources,
    applications,
    errorTexts,
  });

  provider.use(cors(behaviour));
  provider.use(errorResponses);
  provider.use(faults.middleware);
  provider.use(requestDefaults(behaviour));
  provider.use(
    dispatch([
      route('GET', '/oauth2/error', (ctx) => {
        const { id, error } = ctx.query;
        const known = errorTexts.get(String(id));
        const { code, text } = known ?? { code: String(error), text: '' };
        sendPage(ctx, errorPage({ code, text, status: 400 }));
      }),
      ...metadataRoutes(url, behaviour),
      ...tokenInformationRoutes({ provider, keys, grants, people, clientId, apiKey }),
      ...interactionRoutes({ provider, people, directory, grants, forms }),
      ...authorizeRoutes({ provider, people, directory, forms, settings, store, codes }),
      ...authenticateRoutes({ people, directory, settings, codes, sessions }),
      ...sessionKeyRoutes(keys.session, clientId),
      ...logoutRoutes(provider, sessions, appUrl),
      ...userRoutes({ people, directory, grants, sessions, events, api }),
      ...membershipRoutes({ directory, grants, sessions, events, api }),
      ...roleRoutes({ directory, settings, events, api }),
      ...authorizedApplicationRoutes({ people, directory, grants, resources, settings, api }),
      ...oauthResourceRoutes(resources, settings, api),
      ...controlRoutes({
        provider,
        key: keys.access,
        settings,
        people,
        directory,
        applications,
        events,
        faults,
        codes,
      }),
      ...assetRoutes(),
    ]),
  );
  return provider.callback();
}
