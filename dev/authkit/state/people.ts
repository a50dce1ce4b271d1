import { newId } from './ids.ts';
import type { Store } from './store.ts';

export type Person = {
  id: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  organization?: { id: string; role: string; permissions: string[] };
  /** ISO 8601. */
  createdAt: string;
};

const ORGANIZATION = 'org_01JADEXAMP1E0RG00000000000';
const SEEDED_AT = '2026-01-01T00:00:00.000Z';

export const ADA: Person = {
  id: 'user_01JADA0ADM1N00000000000000',
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Admin',
  organization: { id: ORGANIZATION, role: 'admin', permissions: ['connections:revoke'] },
  createdAt: SEEDED_AT,
};

export const BEN: Person = {
  id: 'user_01JBEN0MEMBER0000000000000',
  email: 'ben@example.com',
  firstName: 'Ben',
  lastName: 'Member',
  organization: { id: ORGANIZATION, role: 'member', permissions: [] },
  createdAt: SEEDED_AT,
};

/** The people of the account picker. */
export const SEEDED: readonly Person[] = [ADA, BEN];

export type People = {
  find(id: string): Person | undefined;
  /** Returns the person with this e-mail address, created if necessary. Case is ignored. */
  withEmail(email: string): Promise<Person>;
};

export function openPeople(store: Store): People {
  const typed = store.collection<Person>('person');
  return {
    find: (id) => SEEDED.find((person) => person.id === id) ?? typed.get(id),
    async withEmail(address) {
      const email = address.toLowerCase();
      const isTheirs = (person: Person) => person.email === email;
      const existing = SEEDED.find(isTheirs) ?? typed.where(isTheirs)[0]?.[1];
      if (existing !== undefined) return existing;
      const person: Person = {
        id: newId('user'),
        email,
        firstName: null,
        lastName: null,
        createdAt: new Date().toISOString(),
      };
      await typed.set(person.id, person);
      return person;
    },
  };
}

/** The name of a person on a page. */
export function displayName({ firstName, lastName, email }: Person): string {
  return [firstName, lastName].filter(Boolean).join(' ') || email;
}
