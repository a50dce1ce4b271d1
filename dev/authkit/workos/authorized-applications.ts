import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { Resources } from '../oauth/resources.ts';
import type { Settings } from '../options.ts';
import type { Directory } from '../state/directory.ts';
import type { Application, Consent, Grants } from '../state/grants.ts';
import { stableId } from '../state/ids.ts';
import type { People } from '../state/people.ts';
import type { Api } from './api.ts';
import { page } from './pagination.ts';
import { existingUser } from './users.ts';

const PATH = '/user_management/users/:id/authorized_applications';

type Parts = {
  people: People;
  directory: Directory;
  grants: Grants;
  resources: Resources;
  settings: Settings;
  api: Api;
};

/** The grants API: lists and deletes the clients that may act for a person. */
export function authorizedApplicationRoutes(parts: Parts): Route[] {
  const { people, directory, grants, resources, settings, api } = parts;
  type Row = { consent: Consent; application: Application; id: string };

  function rows(consents: Consent[]): Row[] {
    return consents.flatMap((consent) => {
      const application = grants.application(consent.clientId);
      return application === undefined
        ? []
        : [{ consent, application, id: stableId('authorized_connect_app', consent.id) }];
    });
  }

  function list(all: Row[], query: string, more: (row: Row) => object = () => ({})) {
    const { items, metadata } = page(all, new URLSearchParams(query));
    const data = items.map((row) => ({ ...rowObject(row), ...more(row) }));
    return { object: 'list', data, list_metadata: metadata };
  }

  function rowObject({ consent, application, id }: Row): Record<string, unknown> {
    const resource = consent.resources.find(resources.isRegistered);
    const { clientId } = application;
    return {
      object: 'authorized_connect_application',
      id,
      granted_scopes: consent.scopes,
      ...(resource !== undefined && { oauth_resource: resource }),
      application: {
        object: 'connect_application',
        id: grants.applicationId(clientId),
        client_id: grants.shownClientId(clientId),
        name: application.name,
        description: null,
        scopes: consent.scopes,
        application_type: 'oauth',
        redirect_uris: application.redirectUris.map((uri, index) => ({ uri, default: index === 0 })),
        uses_pkce: true,
        is_first_party: settings.behaviour.firstPartyClientIds.includes(clientId),
        was_dynamically_registered: application.registration === 'dynamic',
        created_at: application.createdAt,
        updated_at: application.updatedAt,
      },
    };
  }

  return [
    route(
      'GET',
      PATH,
      api((ctx, userId) => {
        const person = existingUser(people, userId);
        ctx.body = list(rows(grants.listedOf(person.id)), ctx.querystring);
      }),
    ),
    route(
      'GET',
      '/organizations/:id/authorized_applications',
      api((ctx, organizationId = '') => {
        if (directory.organizations.get(organizationId) === undefined)
          throw new HttpError(404, 'entity_not_found', `Organization not found: '${organizationId}'.`);
        const consents = grants
          .peopleOf(organizationId)
          .flatMap(grants.listedOf)
          .filter((consent) => consent.organizationId === organizationId);
        ctx.body = list(rows(consents), ctx.querystring, (row) => ({ user_id: row.consent.userId }));
      }),
    ),
    route(
      'DELETE',
      `${PATH}/:application`,
      api(async (ctx, userId, wanted) => {
        const person = existingUser(people, userId);
        const doomed = grants
          .consentsOf(person.id)
          .filter(({ clientId }) =>
            [grants.applicationId(clientId), grants.shownClientId(clientId)].includes(wanted ?? ''),
          );
        if (doomed.length === 0)
          throw new HttpError(404, 'entity_not_found', `Authorized application not found: '${wanted}'.`);
        const all = settings.behaviour.deleteEndsEveryOrganization;
        for (const consent of all ? doomed : doomed.slice(0, 1)) await grants.delete(consent.id);
        ctx.status = 204;
      }),
    ),
  ];
}
