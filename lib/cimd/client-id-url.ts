import type { Finding } from '#lib/checks/finding.ts';
import { applyRules, type Check, failed, passed, type Rule, warning } from '#lib/checks/rule.ts';
import { addressLiteral, isSpecialUseHost } from '#lib/guarded-fetch/address.ts';
import { cimd } from './client-metadata.ts';

const reference = cimd('3');
const CHECKS = {
  url: {
    id: 'url',
    passed: 'The client ID is an absolute URL',
    failed: 'The client ID is not an absolute URL',
    fix: 'Use an absolute https URL of printable ASCII characters, without spaces and backslashes.',
    reference,
  },
  https: {
    id: 'url-https',
    passed: 'The client ID uses https',
    failed: 'The client ID does not use https',
    fix: 'Serve the document over https and use that URL.',
    reference,
  },
  path: {
    id: 'url-path',
    passed: 'The client ID has a path',
    failed: 'The client ID has no path of its own',
    fix: 'Add a path, such as /oauth/client.json.',
    reference,
  },
  dots: {
    id: 'url-dot-segments',
    passed: 'No . or .. segments in the path',
    failed: 'The path has . or .. segments',
    fix: 'Write the path without . and .. segments.',
    reference,
  },
  fragment: {
    id: 'url-fragment',
    passed: 'No fragment',
    failed: 'The client ID has a fragment',
    fix: 'Remove the fragment.',
    reference,
  },
  userinfo: {
    id: 'url-userinfo',
    passed: 'No user name or password',
    failed: 'The client ID has a user name or password',
    fix: 'Remove the user name and password.',
    reference,
  },
  query: {
    id: 'url-query',
    passed: 'No query',
    failed: 'The client ID has a query',
    fix: 'Serve the document at a URL without a query.',
    reference,
  },
  port: {
    id: 'url-port',
    passed: 'No port',
    failed: 'The client ID has a port',
    fix: 'Serve the document on port 443 and leave the port out.',
    reference,
  },
  host: {
    id: 'url-host',
    passed: 'The host is a public name',
    failed: 'The host is not a public name',
    warning: 'The host is hard to recognise',
    fix: 'Use a public host name of ASCII letters that people recognise.',
    reference: cimd('8.6'),
  },
  length: {
    id: 'url-length',
    passed: 'Short enough to be displayed',
    failed: 'Too long to be displayed in full',
    fix: 'Use a shorter URL.',
    reference,
  },
  form: {
    id: 'url-form',
    passed: 'Written in normal form',
    failed: 'Not written in normal form',
    fix: 'Use the URL as a URL parser writes it.',
    reference: cimd('3', 'RFC 3986 section 6.2.1'),
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
