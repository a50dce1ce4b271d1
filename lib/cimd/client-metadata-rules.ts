import { type Finding, rfc } from '#lib/checks/finding.ts';
import { applyRules, type Check, failed, passed, type Rule, warning } from '#lib/checks/rule.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { lookAlike } from './brands.ts';
import { KEY_RULES } from './client-keys.ts';
import { type ClientMetadata, cimd, publicLink, shown } from './client-metadata.ts';
import { redirectFindings } from './client-redirects.ts';

const CHECKS = {
  id: {
    id: 'client-id',
    title: 'client_id',
    fix: 'Set it to the URL of the document.',
    reference: cimd('4'),
  },
  name: {
    id: 'client-name',
    title: 'client_name',
    fix: 'Set it to a short name.',
    reference: rfc(7591, '2'),
  },
  brand: {
    id: 'brand',
    title: 'Look-alike name',
    failed: 'The name resembles another client',
    fix: 'Use a name of your own, or serve the document from a domain of the named product.',
    reference: cimd('8.5'),
  },
  links: {
    id: 'links',
    title: 'Links',
    fix: 'Use https URLs on the host of the document.',
    reference: cimd('8.6', 'RFC 7591 section 2'),
  },
  grants: {
    id: 'grants',
    title: 'grant_types and response_types',
    fix: 'Set grant_types to ["authorization_code", "refresh_token"] and response_types to ["code"].',
    reference: rfc(7591, '2.1'),
  },
} satisfies Record<string, Check>;

type DocumentContext = {
  document: ClientMetadata;
  clientId: string;
  host: string;
  name: string;
  lookAlike: string | undefined;
  reservedHost: string | undefined;
};

/** What a document says, checked. */
export type DocumentExamination = {
  findings: Finding[];
  /** `client_name`, sanitized; a claim, never proof. */
  name: string;
  /** A sentence when the name or host resembles a well-known client that this is not. */
  lookAlike: string | undefined;
  localOnly: boolean;
};

/**
 * Checks the content of a client metadata document (CIMD -02 sections 4 and 8).
 *
 * @param reservedHost - a host that this deployment serves itself, if any
 */
export function examineDocument(
  document: ClientMetadata,
  clientId: string,
  reservedHost: string | undefined,
): DocumentExamination {
  const { host, hostname, origin } = new URL(clientId);
  const name = sanitize(document.client_name, 100);
  const resembled = lookAlike(name, hostname);
  const context = { document, clientId, host, name, lookAlike: resembled, reservedHost };
  const redirects = redirectFindings(document.redirect_uris, origin, needsRedirect(document));
  return {
    name,
    lookAlike: resembled,
    localOnly: redirects.localOnly,
    findings: [
      ...applyRules([clientIdRule, nameRule, brandRule], context),
      ...redirects.findings,
      ...applyRules([...KEY_RULES, linkRule, grantRule], context),
    ],
  };
}

const clientIdRule: Rule<DocumentContext> = ({ document, clientId }) =>
  document.client_id === clientId
    ? passed(CHECKS.id, 'exact match of the URL of the document')
    : failed(CHECKS.id, shown(document.client_id));

const nameRule: Rule<DocumentContext> = ({ document: { client_name: written }, name }) => {
  if (written === undefined) return warning(CHECKS.name, 'absent');
  if (typeof written !== 'string') return failed(CHECKS.name, shown(written));
  if (name === '') return warning(CHECKS.name, 'no visible characters');
  return name === written.trim()
    ? passed(CHECKS.name, name)
    : warning(CHECKS.name, `${name} (shortened, or invisible characters removed)`);
};

const brandRule: Rule<DocumentContext> = ({ name, lookAlike: resembled }) =>
  resembled === undefined ? passed(CHECKS.brand, name || 'no name') : warning(CHECKS.brand, resembled);

const LINKS = new Set(['client_uri', 'logo_uri', 'tos_uri', 'policy_uri']);

const linkRule: Rule<DocumentContext> = ({ document, host, reservedHost }) => {
  // `client_uri#de` is the same field in another language (RFC 7591 section 2.2).
  const links = Object.entries(document)
    .filter(([field]) => LINKS.has(field.split('#', 1)[0] ?? ''))
    .map(([field, value]) => ({ field, value, url: publicLink(value, reservedHost) }));
  const refused = links.filter(({ url }) => url === undefined);
  if (refused.length > 0)
    return failed(CHECKS.links, refused.map(({ field, value }) => `${field} ${shown(value)}`).join(', '));
  const foreign = links.find(({ field, url }) => field === 'client_uri' && url?.host !== host);
  return foreign === undefined
    ? passed(CHECKS.links, links.map(({ field }) => field).join(', ') || 'none')
    : warning(CHECKS.links, `client_uri ${foreign.url?.href}`);
};

const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Grant types and response types; undefined when one is not a list of strings (RFC 7591 section 2 gives the defaults). */
function flows(document: ClientMetadata): { grants: string[]; responses: string[] } | undefined {
  const { grant_types: grants = ['authorization_code'], response_types: responses = ['code'] } = document;
  return isStringList(grants) && isStringList(responses) ? { grants, responses } : undefined;
}

function needsRedirect(document: ClientMetadata): boolean {
  const grants = flows(document)?.grants;
  return grants === undefined || grants.includes('authorization_code') || grants.includes('implicit');
}

const grantRule: Rule<DocumentContext> = ({ document }) => {
  const { grant_types, response_types } = document;
  const flow = flows(document);
  if (flow === undefined)
    return failed(
      CHECKS.grants,
      `grant_types ${shown(grant_types)}, response_types ${shown(response_types)}`,
    );
  const { grants, responses } = flow;
  const observed = `${grants.join(' ')}; ${responses.join(' ') || 'no response type'}`;
  const wantsCode = responses.some((type) => type.split(' ').includes('code'));
  if (grants.includes('authorization_code') !== wantsCode && response_types !== undefined)
    return failed(CHECKS.grants, `${observed}: authorization_code and code belong together`);
  if (grants.includes('implicit') || grants.includes('password'))
    return warning(CHECKS.grants, `${observed}: implicit and password are deprecated`);
  if (responses.some((type) => /\b(id_)?token\b/.test(type)))
    return warning(CHECKS.grants, `${observed}: tokens in the front channel`);
  return passed(CHECKS.grants, observed);
};
