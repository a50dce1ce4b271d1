import { hash } from 'node:crypto';
import type { Caller } from '#lib/oauth/caller.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** A person as tokens identify them: `iss` and `sub`. */
export type Person = { issuer: string; subject: string };

/** What identifies a client of a person: its client id, or the consent when the token names no client. */
type ClientParts = Person & { clientId: string | undefined; sessionId: string | undefined };

/** 132 bits of SHA-256. JSON separates the parts unambiguously. */
const digest = (parts: readonly string[]) => hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);

/** Key of a consent (`sid`) of a person. */
export const sessionKey = ({ issuer, subject }: Person, sessionId: string) =>
  digest(['session', issuer, subject, sessionId]);

/** Key of a client of a person over all organizations, which WorkOS deletes grants by, so denials name it. */
export function clientKey({ issuer, subject, clientId, sessionId }: ClientParts): string {
  return clientId === undefined
    ? sessionKey({ issuer, subject }, sessionId ?? '')
    : digest(['client', issuer, subject, clientId]);
}

/**
 * The id of a connection, from issuer, `sub`, client id and organization, or the consent (`sid`) when there is no client
 * id: 22 URL-safe characters, equal on every instance. Without an organization it is the {@link clientKey}.
 */
export function connectionId(parts: ClientParts & { organizationId?: string | undefined }): string {
  const { issuer, subject, clientId, organizationId } = parts;
  if (clientId === undefined || organizationId === undefined) return clientKey(parts);
  return digest(['client', issuer, subject, clientId, organizationId]);
}

/** Key of a person: a hash like {@link connectionId}. */
export function personKey({ issuer, subject }: Person): string {
  return digest(['person', issuer, subject]);
}

/** Key of what a person does in an organization, which ends with the membership. */
export const memberKey = ({ issuer, subject }: Person, organizationId: string) =>
  digest(['member', issuer, subject, organizationId]);

/** Whether `text` has the form of a {@link connectionId}. Other text may not even be valid for the database. */
export function isConnectionId(text: string): boolean {
  return /^[\w-]{22}$/.test(text);
}

type Keys = {
  connection: string;
  client: string;
  session: string | undefined;
  member: string | undefined;
  person: string;
};

const keys = new WeakMap<Caller, Keys>();

/** The keys of a caller. Cached per object. */
export function callerKeys(caller: Caller): Keys {
  let known = keys.get(caller);
  if (known === undefined) {
    const { sessionId, organizationId } = caller;
    known = {
      connection: connectionId(caller),
      client: clientKey(caller),
      session: sessionId === undefined ? undefined : sessionKey(caller, sessionId),
      member: organizationId === undefined ? undefined : memberKey(caller, organizationId),
      person: personKey(caller),
    };
    keys.set(caller, known);
  }
  return known;
}

/** The key of the person that a caller acts for. */
export const callerPersonKey = (caller: Caller) => callerKeys(caller).person;

/** The connection id of a caller. */
export const connectionKey = (caller: Caller) => callerKeys(caller).connection;

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
