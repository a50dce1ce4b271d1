import { type Finding, hasError } from '#lib/checks/finding.ts';
import { clientIdFindings } from '#lib/cimd/client-id-url.ts';
import type { ClientMetadata } from '#lib/cimd/client-metadata.ts';
import { examineDocument } from '#lib/cimd/client-metadata-rules.ts';
import { isLoopback } from '#lib/config/loopback.ts';

/** The fields of the form. */
export type DocumentForm = {
  /** URL at which the document will be served. */
  clientId: string;
  name: string;
  /** Optional fields are empty when absent. */
  homePage: string;
  logo: string;
  redirectUris: readonly string[];
  /** URL of the client's public keys. With it the client authenticates with `private_key_jwt`. */
  jwksUri: string;
};

const isLocal = (uri: string) => {
  const url = URL.parse(uri);
  return url !== null && url.protocol !== 'https:' && (url.protocol !== 'http:' || isLoopback(url));
};

/**
 * Generates a client metadata document (CIMD -02 section 4, RFC 7591 section 2) and checks it with the rules for a
 * document that is fetched, except those for how it is served.
 */
export function generateDocument(form: DocumentForm): { document: ClientMetadata; findings: Finding[] } {
  const { clientId, name, homePage, logo, redirectUris, jwksUri } = form;
  const document: ClientMetadata = {
    client_id: clientId,
    ...(name === '' ? {} : { client_name: name }),
    ...(homePage === '' ? {} : { client_uri: homePage }),
    ...(logo === '' ? {} : { logo_uri: logo }),
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    // A `web` client may not have a redirect URI of plain http on loopback (OpenID Connect Registration section 2).
    application_type: redirectUris.some(isLocal) ? 'native' : 'web',
    ...(jwksUri === ''
      ? { token_endpoint_auth_method: 'none' }
      : { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: jwksUri }),
  };
  const findings = clientIdFindings(clientId, undefined);
  if (hasError(findings)) return { document, findings };
  return { document, findings: [...findings, ...examineDocument(document, clientId, undefined).findings] };
}

const MAX_FIELD_CHARACTERS = 2048;
const MAX_REDIRECTS = 20;

/** Reads the form from the query of a page; undefined without a client ID. */
export function documentForm(
  query: Readonly<Record<string, string | string[] | undefined>>,
): DocumentForm | undefined {
  const field = (name: string) => {
    const value = query[name];
    return typeof value === 'string' ? value.trim().slice(0, MAX_FIELD_CHARACTERS) : '';
  };
  const form = {
    clientId: field('client_id'),
    name: field('client_name'),
    homePage: field('client_uri'),
    logo: field('logo_uri'),
    redirectUris: field('redirect_uris').split(/\s+/).filter(Boolean).slice(0, MAX_REDIRECTS),
    jwksUri: field('jwks_uri'),
  };
  return form.clientId === '' ? undefined : form;
}
