import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { Application, Consent, Grants } from '../state/grants.ts';
import { stableId } from '../state/ids.ts';
import type { People } from '../state/people.ts';
import { withApiKey } from './api.ts';
import { page } from './pagination.ts';
import { existingUser } from './users.ts';

const PATH = '/user_management/users/:id/authorized_applications';

/** The grants API: lists and deletes the clients that may act for a person. */
export function authorizedApplicationRoutes(people: People, grants: Grants, apiKey: string): Route[] {
  function rows(userId: string) {
    return grants.consentsOf(userId).flatMap((consent) => {
      const application = grants.application(consent.clientId);
      return application === undefined ? [] : [{ consent, application, id: rowId(consent) }];
    });
  }
  return [
    route(
      'GET',
      PATH,
      withApiKey(apiKey, (ctx, userId) => {
        const person = existingUser(people, userId);
        const { items, metadata } = page(rows(person.id), new URLSearchParams(ctx.querystring));
        ctx.body = {
          object: 'list',
          data: items.map(({ consent, application }) => rowObject(consent, application)),
          list_metadata: metadata,
        };
      }),
    ),
    route(
      'DELETE',
      `${PATH}/:application`,
      withApiKey(apiKey, async (ctx, userId, wanted) => {
        const person = existingUser(people, userId);
        const row = rows(person.id).find(
          ({ application }) => application.id === wanted || application.clientId === wanted,
        );
        if (row === undefined)
          throw new HttpError(404, 'entity_not_found', `Authorized application not found: '${wanted}'.`);
        await grants.end(row.consent.id);
        ctx.status = 204;
      }),
    ),
  ];
}

function rowId(consent: Consent): string {
  return stableId('authorized_connect_app', consent.id);
}

function rowObject(consent: Consent, application: Application): Record<string, unknown> {
  const resource = consent.resources.find((uri) => !uri.startsWith('urn:'));
  return {
    object: 'authorized_connect_application',
    id: rowId(consent),
    granted_scopes: consent.scopes,
    ...(resource !== undefined && { oauth_resource: resource }),
    application: {
      object: 'connect_application',
      id: application.id,
      client_id: application.clientId,
      name: application.name,
      description: null,
      scopes: consent.scopes,
      application_type: 'oauth',
      redirect_uris: application.redirectUris.map((uri, index) => ({ uri, default: index === 0 })),
      uses_pkce: true,
      is_first_party: false,
      was_dynamically_registered: application.registration === 'dynamic',
      created_at: application.createdAt,
      updated_at: application.updatedAt,
    },
  };
}
