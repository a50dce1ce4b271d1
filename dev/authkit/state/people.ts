import { newId } from './ids.ts';
import { openSeeded, type Store } from './store.ts';

export type Person = {
  id: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  /** ISO 8601. */
  createdAt: string;
};

export const SEEDED_AT = '2026-01-01T00:00:00.000Z';

function person(id: string, firstName: string, lastName: string): Person {
  const email = `${firstName.toLowerCase()}@example.com`;
  return { id, email, firstName, lastName, createdAt: SEEDED_AT };
}

export const ADA = person('user_01JADA0ADM1N00000000000000', 'Ada', 'Admin');
export const BEN = person('user_01JBEN0MEMBER0000000000000', 'Ben', 'Member');
/** A member of two organizations. */
export const CLEO = person('user_01JCLE00C0NSU1TANT00000000', 'Cleo', 'Consultant');
/** Has a role with 60 permissions: more than a session cookie holds. */
export const PAT = person('user_01JPAT0PERM1SS10NS00000000', 'Pat', 'Permissions');

/** The people of the account picker. */
export const SEEDED: readonly Person[] = [ADA, BEN, CLEO, PAT];

export type People = {
  all(): Person[];
  find(id: string): Person | undefined;
  /** Returns the person with this e-mail address, created if necessary. Case is ignored. */
  withEmail(email: string): Promise<Person>;
  remove(id: string): Promise<void>;
};

export function openPeople(store: Store): People {
  const people = openSeeded(store, 'person', SEEDED);
  return {
    all: () => people.all(),
    find: (id) => people.get(id),
    async withEmail(address) {
      const email = address.toLowerCase();
      const existing = people.all().find((one) => one.email === email);
      if (existing !== undefined) return existing;
      const created: Person = {
        id: newId('user'),
        email,
        firstName: null,
        lastName: null,
        createdAt: new Date().toISOString(),
      };
      await people.set(created);
      return created;
    },
    remove: (id) => people.remove(id),
  };
}

/** The name of a person on a page. */
export function displayName({ firstName, lastName, email }: Person): string {
  return [firstName, lastName].filter(Boolean).join(' ') || email;
}
