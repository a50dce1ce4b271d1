import { isLoopback } from '#lib/config/loopback.ts';
import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Application } from '../state/grants.ts';

/** What is known of a client, and how well. */
export type ClientIdentity = {
  id: string;
  registration: Application['registration'];
  /** Host of its metadata document: verified, since the document was fetched from there. */
  host: string | undefined;
  /** What it calls itself: a claim. */
  name: string;
  redirectUris: string[];
  /** Whether it can only be sent back to an app on this machine, which anybody could claim to be. */
  loopbackOnly: boolean;
  /** Whether it is the app under development, answered under the reserved host. */
  isApp: boolean;
};

type Metadata = {
  readonly clientId: string;
  readonly clientName?: string;
  readonly redirectUris?: readonly string[];
};

export function describeClient({ clientId, clientName, redirectUris = [] }: Metadata): ClientIdentity {
  const document = clientId.startsWith('https://') ? URL.parse(clientId) : null;
  return {
    id: clientId,
    registration: document === null ? 'dynamic' : 'metadata_document',
    host: document?.host,
    name: sanitize(clientName, 60),
    redirectUris: [...redirectUris],
    loopbackOnly: redirectUris.every((uri) => {
      const url = URL.parse(uri);
      return url !== null && isLoopback(url);
    }),
    isApp: document?.host === RESERVED_CLIENT_HOST,
  };
}
