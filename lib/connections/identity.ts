import { hash } from 'node:crypto';
import type { Caller } from '#lib/oauth/caller.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** A person as tokens identify them: `iss` and `sub`. */
export type Person = { issuer: string; subject: string };

/** What identifies a connection: the person and the client, or the consent when the token names no client. */
type ConnectionParts = Person & { clientId: string | undefined; sessionId: string | undefined };

/** 132 bits of SHA-256. JSON separates the parts unambiguously. */
const digest = (parts: readonly string[]) => hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);

/**
 * The id of a connection, from issuer, `sub` and client id, or the consent (`sid`) when there is no client id: 22 URL-safe
 * characters, equal on every instance.
 */
export function connectionId({ issuer, subject, clientId, sessionId }: ConnectionParts): string {
  return digest(
    clientId === undefined
      ? ['session', issuer, subject, sessionId ?? '']
      : ['client', issuer, subject, clientId],
  );
}

/** Key of a person: a hash like {@link connectionId}. */
export function personKey({ issuer, subject }: Person): string {
  return digest(['person', issuer, subject]);
}

/** Whether `text` has the form of a {@link connectionId}. Other text may not even be valid for the database. */
export function isConnectionId(text: string): boolean {
  return /^[\w-]{22}$/.test(text);
}

const keys = new WeakMap<ConnectionParts, { connection: string; person: string }>();

function keysOf(caller: ConnectionParts) {
  let known = keys.get(caller);
  if (known === undefined) {
    known = { connection: connectionId(caller), person: personKey(caller) };
    keys.set(caller, known);
  }
  return known;
}

/** The connection id of a caller. Cached per object. */
export function connectionKey(caller: Caller): string {
  return keysOf(caller).connection;
}

/** The key of the person that a caller acts for. Cached per object. */
export function callerPersonKey(caller: Caller): string {
  return keysOf(caller).person;
}

/** The host of a client id that is the URL of a client metadata document; undefined for any other client id. */
export function clientHost(clientId: string | undefined): string | undefined {
  if (clientId === undefined || !clientId.startsWith('https://')) return undefined;
  return URL.parse(clientId)?.host || undefined;
}

/**
 * What a connection is sorted by, in lower case: its host because that is verified, otherwise its claimed name, otherwise
 * its client id.
 */
export function sortName({ clientId, name }: { clientId: string | undefined; name?: string }): string {
  const shown = clientHost(clientId) ?? (sanitize(name) || sanitize(clientId) || 'session');
  return sanitize(shown).toLowerCase();
}
