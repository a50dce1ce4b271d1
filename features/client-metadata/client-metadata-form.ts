import { clientIdUrlRules } from '#lib/cimd/client-id-url.ts';
import { type Document, judgeDocument } from '#lib/cimd/client-metadata-rules.ts';
import type { Rule } from '#lib/cimd/client-rule.ts';
import { isLoopback } from '#lib/config/loopback.ts';

/** What a person says about a client of their own. */
export type ClientMetadataForm = {
  /** URL that the document will be served at: the client id. */
  clientId: string;
  name: string;
  /** Empty when there is none. */
  homePage: string;
  logo: string;
  redirectUris: readonly string[];
  /** URL of the client's public keys; with one the client authenticates by `private_key_jwt`. */
  jwksUri: string;
};

/** A client metadata document for a client, and what our reader would say of it. */
export type WrittenDocument = { document: Document; rules: Rule[] };

const leadsToThisMachine = (uri: string) => {
  const url = URL.parse(uri);
  return url !== null && url.protocol !== 'https:' && (url.protocol !== 'http:' || isLoopback(url));
};

/**
 * Writes the client metadata document for a client (CIMD -02 section 4, RFC 7591 section 2), and judges it by the same
 * rules as one that is read. Says nothing about how it will be served.
 */
export function writeClientMetadata(form: ClientMetadataForm): WrittenDocument {
  const { clientId, name, homePage, logo, redirectUris, jwksUri } = form;
  const document: Document = {
    client_id: clientId,
    ...(name === '' ? {} : { client_name: name }),
    ...(homePage === '' ? {} : { client_uri: homePage }),
    ...(logo === '' ? {} : { logo_uri: logo }),
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    // A `web` client may not come back to plain http on this machine (OpenID Connect Registration section 2).
    application_type: redirectUris.some(leadsToThisMachine) ? 'native' : 'web',
    ...(jwksUri === ''
      ? { token_endpoint_auth_method: 'none' }
      : { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: jwksUri }),
  };
  const rules = clientIdUrlRules(clientId, undefined);
  if (rules.some(({ outcome }) => outcome === 'fail')) return { document, rules };
  return { document, rules: [...rules, ...judgeDocument(document, clientId, undefined).rules] };
}

const FIELD_LENGTH = 2048;
const MAX_REDIRECTS = 20;

/** Reads the form from the query of a page; undefined when nothing was filled in. */
export function clientMetadataForm(
  query: Readonly<Record<string, string | string[] | undefined>>,
): ClientMetadataForm | undefined {
  const field = (name: string) => {
    const value = query[name];
    return typeof value === 'string' ? value.trim().slice(0, FIELD_LENGTH) : '';
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
