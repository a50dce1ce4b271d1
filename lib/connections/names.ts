import { sanitize } from '#lib/text/sanitize.ts';

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
