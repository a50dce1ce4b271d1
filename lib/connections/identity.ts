import { hash } from 'node:crypto';
import type { Caller } from '#lib/oauth/caller.ts';

/** Id of a connection: 22 URL-safe characters, the same for the same client and person on every instance. */
export type ConnectionKey = string;

/** A person, as tokens name them. */
export type Person = { issuer: string; subject: string };

/** What makes a connection: the person and the client, else the consent. */
export type ConnectionParts = Person & { clientId: string | undefined; sessionId: string | undefined };

/** 132 bits of SHA-256. JSON keeps the parts apart, whatever characters are in them. */
const digest = (parts: readonly string[]) => hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);

/** The id for these parts: issuer, `sub` and client id; without a client id the consent (`sid`) stands in. */
export function connectionId({ issuer, subject, clientId, sessionId }: ConnectionParts): ConnectionKey {
  return digest(
    clientId === undefined
      ? ['session', issuer, subject, sessionId ?? '']
      : ['client', issuer, subject, clientId],
  );
}

/** Key of a person, in the same form. */
export function personKey({ issuer, subject }: Person): string {
  return digest(['person', issuer, subject]);
}

/** Whether `text` can be an id of {@link connectionId}; anything else need not be looked for, and may be no text to a database. */
export function isConnectionId(text: string): boolean {
  return /^[\w-]{22}$/.test(text);
}

const keys = new WeakMap<ConnectionParts, { connection: ConnectionKey; person: string }>();

function keysOf(caller: ConnectionParts) {
  let known = keys.get(caller);
  if (known === undefined) {
    known = { connection: connectionId(caller), person: personKey(caller) };
    keys.set(caller, known);
  }
  return known;
}

/** The connection that a caller is: one client acting for one person. Remembered by object. */
export function connectionKey(caller: Caller): ConnectionKey {
  return keysOf(caller).connection;
}

/** The person that a caller acts for. Remembered by object. */
export function callerPersonKey(caller: Caller): string {
  return keysOf(caller).person;
}
