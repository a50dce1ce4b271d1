import { sanitize } from '#lib/text/sanitize.ts';
import { lookAlike } from './brands.ts';
import { keyRules } from './client-keys.ts';
import { publicLink } from './client-links.ts';
import { redirectRules } from './client-redirects.ts';
import { cimd, fail, pass, type Rule, type RuleName, shown, warn } from './client-rule.ts';

export type Document = Readonly<Record<string, unknown>>;

const RULES = {
  id: { id: 'client_id', title: 'client_id is the URL of the document, byte for byte', section: cimd('4') },
  name: {
    id: 'client_name',
    title: 'It has a name to show',
    section: 'RFC 7591 section 2, MCP 2026-07-28 authorization',
  },
  brand: { id: 'brand', title: 'The name is not that of somebody else’s client', section: cimd('8.5') },
  links: {
    id: 'links',
    title: 'Links are https and lead to public hosts',
    section: `${cimd('8.6')}, RFC 7591 section 2`,
  },
  grants: {
    id: 'grants',
    title: 'Grant types and response types fit together',
    section: 'RFC 7591 section 2.1, RFC 9700 section 2.1',
  },
} satisfies Record<string, RuleName>;

/** What a document says, judged. */
export type Judged = {
  rules: Rule[];
  /** `client_name`, cleaned; a claim, never proof. */
  name: string;
  /** Why the name or host looks like a well-known client's that this is not. */
  lookAlike: string | undefined;
  localOnly: boolean;
};

/**
 * Applies every rule about the content of a client metadata document (CIMD -02 sections 4 and 8).
 *
 * @param reserved - a host that this deployment answers itself, if any
 */
export function judgeDocument(document: Document, clientId: string, reserved: string | undefined): Judged {
  const url = new URL(clientId);
  const name = sanitize(document.client_name, 100);
  const alike = lookAlike(name, url.hostname);
  const grants = grantRule(document);
  const redirects = redirectRules(document.redirect_uris, url.origin, grants.needsRedirect);
  return {
    name,
    lookAlike: alike,
    localOnly: redirects.localOnly,
    rules: [
      document.client_id === clientId ? pass(RULES.id, clientId) : fail(RULES.id, shown(document.client_id)),
      nameRule(document.client_name, name),
      alike === undefined ? pass(RULES.brand, name || 'no name') : warn(RULES.brand, alike),
      ...redirects.rules,
      ...keyRules(document, reserved),
      linkRule(document, url.host, reserved),
      grants.rule,
    ],
  };
}

function nameRule(written: unknown, name: string): Rule {
  if (written === undefined) return warn(RULES.name, 'absent');
  if (typeof written !== 'string') return fail(RULES.name, shown(written));
  if (name === '') return warn(RULES.name, 'nothing that can be seen');
  return name === written.trim()
    ? pass(RULES.name, name)
    : warn(RULES.name, `${name} (shortened, or invisible characters removed)`);
}

const LINKS = new Set(['client_uri', 'logo_uri', 'tos_uri', 'policy_uri']);

function linkRule(document: Document, host: string, reserved: string | undefined): Rule {
  // `client_uri#de` is the same field in another language (RFC 7591 section 2.2).
  const links = Object.entries(document)
    .filter(([field]) => LINKS.has(field.split('#', 1)[0] ?? ''))
    .map(([field, value]) => ({ field, value, url: publicLink(value, reserved) }));
  const refused = links.filter(({ url }) => url === undefined);
  if (refused.length > 0)
    return fail(RULES.links, refused.map(({ field, value }) => `${field} ${shown(value)}`).join(', '));
  const foreign = links.find(({ field, url }) => field === 'client_uri' && url?.host !== host);
  if (foreign !== undefined) return warn(RULES.links, `client_uri is on another host: ${foreign.url?.href}`);
  return pass(RULES.links, links.map(({ field }) => field).join(', ') || 'none');
}

function grantRule(document: Document): { rule: Rule; needsRedirect: boolean } {
  const { grant_types: grants = ['authorization_code'], response_types: responses = ['code'] } = document;
  const strings = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (!strings(grants) || !strings(responses))
    return { rule: fail(RULES.grants, `${shown(grants)}, ${shown(responses)}`), needsRedirect: true };
  const needsRedirect = grants.includes('authorization_code') || grants.includes('implicit');
  const seen = `${grants.join(' ')}; ${responses.join(' ') || 'no response type'}`;
  const wantsCode = responses.some((type) => type.split(' ').includes('code'));
  const rule = (): Rule => {
    if (grants.includes('authorization_code') !== wantsCode && document.response_types !== undefined)
      return fail(RULES.grants, `${seen}: authorization_code and code go together`);
    if (grants.includes('implicit') || grants.includes('password'))
      return warn(RULES.grants, `${seen}: implicit and password are not used any more`);
    if (responses.some((type) => /\b(id_)?token\b/.test(type)))
      return warn(RULES.grants, `${seen}: tokens in the front channel`);
    return pass(RULES.grants, seen);
  };
  return { rule: rule(), needsRedirect };
}
