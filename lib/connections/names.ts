import { sanitize } from '#lib/text/sanitize.ts';

/** The host of a client id that is a client metadata document's URL; undefined for any other client id. */
export function clientHost(clientId: string | undefined): string | undefined {
  if (clientId === undefined || !clientId.startsWith('https://')) return undefined;
  return URL.parse(clientId)?.host || undefined;
}

/**
 * What a connection is listed under: its host, because that is verified, else the name it gives itself, else
 * its id. In lower case.
 */
export function sortName({
  clientId,
  name,
}: {
  clientId: string | undefined;
  name?: string | undefined;
}): string {
  const shown = clientHost(clientId) ?? (sanitize(name) || sanitize(clientId) || 'session');
  return sanitize(shown).toLowerCase();
}
