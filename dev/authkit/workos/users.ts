import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import { displayName, type People, type Person } from '../state/people.ts';
import type { Api } from './api.ts';

/** `GET /user_management/users/:id` */
export function userRoutes(people: People, api: Api): Route[] {
  return [
    route(
      'GET',
      '/user_management/users/:id',
      api((ctx, id) => {
        ctx.body = userObject(existingUser(people, id));
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
