import { addressLiteral, isSpecialUseHost } from '#lib/guarded-fetch/address.ts';
import { cimd, fail, pass, type Rule, type RuleName, warn } from './client-rule.ts';

const SECTION = cimd('3');
const RULES = {
  url: { id: 'url', title: 'The client id is an absolute URL', section: SECTION },
  https: { id: 'url_https', title: 'It uses https', section: SECTION },
  path: { id: 'url_path', title: 'It has a path', section: SECTION },
  dots: { id: 'url_dot_segments', title: 'No . or .. in the path', section: SECTION },
  fragment: { id: 'url_fragment', title: 'No fragment', section: SECTION },
  userinfo: { id: 'url_userinfo', title: 'No user name or password', section: SECTION },
  query: { id: 'url_query', title: 'No query', section: SECTION },
  port: { id: 'url_port', title: 'No port', section: SECTION },
  host: { id: 'url_host', title: 'The host is a public name', section: cimd('8.6') },
  length: { id: 'url_length', title: 'It is short enough to be shown to people', section: SECTION },
  form: {
    id: 'url_form',
    title: 'It is written in normal form',
    section: `${SECTION}, RFC 3986 section 6.2.1`,
  },
} satisfies Record<string, RuleName>;

const SHOWN_LENGTH = 120;
const MAX_LENGTH = 2048;

/** The parts of a URL as they were written: the URL parser would have removed what is looked for here. */
const WRITTEN =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<authority>[^/?#\\]*)(?<path>[^?#]*)(?<query>\?[^#]*)?(?<fragment>#.*)?$/is;

/**
 * The rules for a client identifier URL (CIMD -02 section 3). They judge the text as written, since it is compared
 * byte for byte later.
 *
 * @param reservedHost - a host that this deployment answers itself, if any
 */
export function clientIdUrlRules(clientId: string, reservedHost: string | undefined): Rule[] {
  const url = clientId.length > MAX_LENGTH ? null : URL.parse(clientId);
  const written = WRITTEN.exec(clientId)?.groups;
  // Browsers and the URL parser drop or turn these silently, so two readers could see two URLs.
  if (url === null || written === undefined || !/^[\x21-\x5b\x5d-\x7e]+$/.test(clientId))
    return [fail(RULES.url, clientId)];

  const { authority = '', path = '', query, fragment } = written;
  const segments = path.split('/').map((segment) => segment.replace(/%2e/gi, '.'));
  const dotted = segments.some((segment) => segment === '.' || segment === '..');
  return [
    pass(RULES.url, clientId),
    url.protocol === 'https:' ? pass(RULES.https, 'https') : fail(RULES.https, url.protocol),
    pathRule(path),
    dotted ? fail(RULES.dots, path) : pass(RULES.dots, path),
    fragment === undefined ? pass(RULES.fragment, 'none') : fail(RULES.fragment, fragment),
    authority.includes('@') ? fail(RULES.userinfo, 'present') : pass(RULES.userinfo, 'none'),
    query === undefined ? pass(RULES.query, 'none') : warn(RULES.query, query),
    portRule(authority, url),
    hostRule(url.hostname, reservedHost),
    clientId.length > SHOWN_LENGTH
      ? warn(RULES.length, `${clientId.length} characters`)
      : pass(RULES.length, `${clientId.length} characters`),
    url.href === clientId
      ? pass(RULES.form, 'as a URL parser writes it')
      : warn(RULES.form, `a URL parser writes it ${url.href}, which is another client id`),
  ];
}

function pathRule(path: string): Rule {
  if (path === '') return fail(RULES.path, 'none');
  return path === '/'
    ? warn(RULES.path, 'only /, which names a site and not a client')
    : pass(RULES.path, path);
}

function portRule(authority: string, url: URL): Rule {
  if (url.port !== '') return fail(RULES.port, `${url.port}; only port 443 is fetched here`);
  return /:\d*$/.test(authority)
    ? warn(RULES.port, 'the default port is written out, and the same URL without it is another client id')
    : pass(RULES.port, 'none');
}

function hostRule(hostname: string, reservedHost: string | undefined): Rule {
  if (hostname === reservedHost) return pass(RULES.host, `${hostname}, answered by this deployment`);
  if (isSpecialUseHost(hostname)) return fail(RULES.host, hostname);
  if (addressLiteral(hostname) !== undefined)
    return warn(RULES.host, `${hostname}, an address that no one can recognise`);
  if (/(^|\.)xn--/.test(hostname)) return warn(RULES.host, `${hostname}, a name with letters beyond ASCII`);
  return pass(RULES.host, hostname);
}
