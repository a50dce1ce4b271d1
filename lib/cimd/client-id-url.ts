import type { Finding } from '#lib/checks/finding.ts';
import { applyRules, type Check, failed, passed, type Rule, warning } from '#lib/checks/rule.ts';
import { addressLiteral, isSpecialUseHost } from '#lib/guarded-fetch/address.ts';
import { cimd } from './client-metadata.ts';

const reference = cimd('3');
const CHECKS = {
  url: { id: 'url', title: 'Client ID', fix: 'Use an absolute https URL of printable ASCII.', reference },
  https: { id: 'url-https', title: 'Client ID scheme', fix: 'Serve the document over https.', reference },
  path: { id: 'url-path', title: 'Client ID path', fix: 'Add a path: /oauth/client.json.', reference },
  dots: { id: 'url-dot-segments', title: 'Dot segments', fix: 'Remove the . and .. segments.', reference },
  fragment: { id: 'url-fragment', title: 'Client ID fragment', fix: 'Remove the fragment.', reference },
  userinfo: {
    id: 'url-userinfo',
    title: 'Client ID credentials',
    fix: 'Remove user name and password.',
    reference,
  },
  query: { id: 'url-query', title: 'Client ID query', fix: 'Use a URL without a query.', reference },
  port: { id: 'url-port', title: 'Client ID port', fix: 'Use port 443 and leave it out.', reference },
  host: {
    id: 'url-host',
    title: 'Client ID host',
    fix: 'Use a public host name in ASCII.',
    reference: cimd('8.6'),
  },
  length: { id: 'url-length', title: 'Client ID length', fix: 'Use at most 120 characters.', reference },
  form: {
    id: 'url-form',
    title: 'Normal form',
    fix: 'Use the normalized URL, as `new URL(…).href` returns it.',
    reference,
  },
} satisfies Record<string, Check>;

const MAX_SHOWN_CHARACTERS = 120;
const MAX_CHARACTERS = 2048;

/** The parts of a URL as they were written: the URL parser would have removed what the rules look for. */
const WRITTEN =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<authority>[^/?#\\]*)(?<path>[^?#]*)(?<query>\?[^#]*)?(?<fragment>#.*)?$/is;

type ClientIdUrl = {
  clientId: string;
  url: URL;
  authority: string;
  path: string;
  query: string | undefined;
  fragment: string | undefined;
  reservedHost: string | undefined;
};

const RULES: readonly Rule<ClientIdUrl>[] = [
  ({ clientId }) => passed(CHECKS.url, clientId),
  ({ url }) =>
    url.protocol === 'https:' ? passed(CHECKS.https, 'https') : failed(CHECKS.https, url.protocol),
  ({ path }) => {
    if (path === '') return failed(CHECKS.path, 'none');
    return path === '/'
      ? warning(CHECKS.path, 'only /, which identifies a site and not a client')
      : passed(CHECKS.path, path);
  },
  ({ path }) => {
    const segments = path.split('/').map((segment) => segment.replace(/%2e/gi, '.'));
    const dotted = segments.some((segment) => segment === '.' || segment === '..');
    return dotted ? failed(CHECKS.dots, path) : passed(CHECKS.dots, path);
  },
  ({ fragment }) =>
    fragment === undefined ? passed(CHECKS.fragment, 'none') : failed(CHECKS.fragment, fragment),
  ({ authority }) =>
    authority.includes('@') ? failed(CHECKS.userinfo, 'present') : passed(CHECKS.userinfo, 'none'),
  ({ query }) => (query === undefined ? passed(CHECKS.query, 'none') : warning(CHECKS.query, query)),
  ({ authority, url }) => {
    if (url.port !== '') return failed(CHECKS.port, `${url.port}; only port 443 is fetched`);
    return /:\d*$/.test(authority)
      ? warning(CHECKS.port, 'the default port; the same URL without it is another client ID')
      : passed(CHECKS.port, 'none');
  },
  ({ url: { hostname }, reservedHost }) => {
    if (hostname === reservedHost) return passed(CHECKS.host, `${hostname}, served by this deployment`);
    if (isSpecialUseHost(hostname)) return failed(CHECKS.host, hostname);
    if (addressLiteral(hostname) !== undefined) return warning(CHECKS.host, `${hostname}, an IP address`);
    return /(^|\.)xn--/.test(hostname)
      ? warning(CHECKS.host, `${hostname}, a name with letters beyond ASCII`)
      : passed(CHECKS.host, hostname);
  },
  ({ clientId }) => {
    const observed = `${clientId.length} characters`;
    return clientId.length > MAX_SHOWN_CHARACTERS
      ? warning(CHECKS.length, observed)
      : passed(CHECKS.length, observed);
  },
  ({ clientId, url }) =>
    url.href === clientId
      ? passed(CHECKS.form, 'as a URL parser writes it')
      : warning(CHECKS.form, `a URL parser writes it as ${url.href}, which is another client ID`),
];

/**
 * Checks a client identifier URL (CIMD -02 section 3). The rules examine the text as written, because the client ID is
 * compared by exact match later.
 *
 * @param reservedHost - a host that this deployment serves itself, if any
 */
export function clientIdFindings(clientId: string, reservedHost: string | undefined): Finding[] {
  const url = clientId.length > MAX_CHARACTERS ? null : URL.parse(clientId);
  const written = WRITTEN.exec(clientId)?.groups;
  // Browsers and the URL parser drop or replace other characters silently, so that two readers could see two URLs.
  if (url === null || written === undefined || !/^[\x21-\x5b\x5d-\x7e]+$/.test(clientId))
    return [failed(CHECKS.url, clientId)];
  const { authority = '', path = '', query, fragment } = written;
  return applyRules(RULES, { clientId, url, authority, path, query, fragment, reservedHost });
}
