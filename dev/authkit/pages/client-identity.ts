import { lookAlike } from '#lib/cimd/brands.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';
import { redirectLookAlike } from '#lib/connections/app-identity.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Application } from '../state/grants.ts';

/** What is known about a client, verified or claimed. */
export type ClientIdentity = {
  id: string;
  registration: Application['registration'];
  /** Host of its metadata document. It is verified: the document was fetched from there. */
  host: string | undefined;
  /** The name that the client claims. */
  name: string;
  redirectUris: string[];
  /** Whether all redirect URIs are on this machine, where any program could claim to be this client. */
  loopbackOnly: boolean;
  /** Whether it is the app under development, at the reserved host. */
  isApp: boolean;
  /** A sentence when the name or the host resembles a well-known client of another vendor. */
  resemblance: string | undefined;
};

type Metadata = {
  readonly clientId: string;
  readonly clientName?: string;
  readonly redirectUris?: readonly string[];
};

export function describeClient({ clientId, clientName, redirectUris = [] }: Metadata): ClientIdentity {
  const document = clientId.startsWith('https://') ? URL.parse(clientId) : null;
  const name = sanitize(clientName, 60);
  return {
    id: clientId,
    registration: document === null ? 'dynamic' : 'metadata_document',
    host: document?.host,
    name,
    redirectUris: [...redirectUris],
    loopbackOnly: redirectUris.every((uri) => {
      const url = URL.parse(uri);
      return url !== null && isLoopback(url);
    }),
    isApp: document?.host === RESERVED_CLIENT_HOST,
    resemblance:
      document === null
        ? redirectLookAlike({ name, redirectUris })?.resemblance
        : lookAlike(name, document.hostname),
  };
}
