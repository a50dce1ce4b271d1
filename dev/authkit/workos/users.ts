import { readObject } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { Directory } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import { displayName, type People, type Person } from '../state/people.ts';
import type { Api } from './api.ts';
import type { Events } from './events.ts';
import { membershipObject } from './memberships.ts';
import { page } from './pagination.ts';
import { type PageSessions, sessionObject } from './sessions.ts';

type Parts = {
  people: People;
  directory: Directory;
  grants: Grants;
  sessions: PageSessions;
  events: Events;
  api: Api;
};

/** People and their page sessions. */
export function userRoutes({ people, directory, grants, sessions, events, api }: Parts): Route[] {
  return [
    route(
      'GET',
      '/user_management/users',
      api((ctx) => {
        const query = new URLSearchParams(ctx.querystring);
        const organization = query.get('organization_id');
        const found = people
          .all()
          .filter(({ id }) =>
            organization === null
              ? true
              : directory.of(id).some(({ organizationId }) => organizationId === organization),
          );
        const { items, metadata } = page(found, query);
        ctx.body = { object: 'list', data: items.map(userObject), list_metadata: metadata };
      }),
    ),
    route(
      'GET',
      '/user_management/users/:id',
      api((ctx, id) => {
        ctx.body = userObject(existingUser(people, id));
      }),
    ),
    route(
      'DELETE',
      '/user_management/users/:id',
      api(async (ctx, id) => {
        const person = existingUser(people, id);
        // What belongs to the person goes first, in this order of events too.
        for (const session of sessions.of(person.id)) await sessions.end(session.id);
        for (const membership of directory.of(person.id)) {
          await directory.memberships.remove(membership.id);
          await events.send('organization_membership.deleted', membershipObject(membership, false));
        }
        for (const consent of grants.consentsOf(person.id)) await grants.end(consent.id);
        await people.remove(person.id);
        await events.send('user.deleted', userObject(person));
        ctx.status = 204;
      }),
    ),
    route(
      'GET',
      '/user_management/users/:id/sessions',
      api((ctx, id) => {
        const person = existingUser(people, id);
        const { items, metadata } = page(sessions.of(person.id), new URLSearchParams(ctx.querystring));
        ctx.body = {
          object: 'list',
          data: items.map((session) => sessionObject(session, 'active')),
          list_metadata: metadata,
        };
      }),
    ),
    route(
      'POST',
      '/user_management/sessions/revoke',
      api(async (ctx) => {
        const { session_id: id } = await readObject(ctx);
        const session = await sessions.end(String(id));
        if (session === undefined)
          throw new HttpError(404, 'entity_not_found', `Session not found: '${id}'.`);
        ctx.body = sessionObject(session, 'revoked');
      }),
    ),
  ];
}

/** @throws {HttpError} 404, in the words of the WorkOS API */
export function existingUser(people: People, id = ''): Person {
  const person = people.find(id);
  if (person === undefined) throw new HttpError(404, 'entity_not_found', `User not found: '${id}'.`);
  return person;
}

/** A user as the WorkOS API writes it. */
export function userObject(person: Person): Record<string, unknown> {
  return {
    object: 'user',
    id: person.id,
    email: person.email,
    email_verified: true,
    name: displayName(person),
    first_name: person.firstName,
    last_name: person.lastName,
    profile_picture_url: null,
    last_sign_in_at: null,
    locale: null,
    external_id: null,
    metadata: {},
    created_at: person.createdAt,
    updated_at: person.createdAt,
  };
}
