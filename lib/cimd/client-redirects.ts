import { type Finding, rfc } from '#lib/checks/finding.ts';
import { applyRules, type Check, failed, passed, type Rule, warning } from '#lib/checks/rule.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { isSpecialUseHost } from '#lib/guarded-fetch/address.ts';
import { cimd, shown } from './client-metadata.ts';

const CHECKS = {
  present: {
    id: 'redirect-uris',
    title: 'redirect_uris',
    fix: 'List every redirect URI of the client.',
    reference: cimd('4.2', 'RFC 9700 section 2.1'),
  },
  safe: {
    id: 'redirect-uris-safe',
    title: 'Scheme of redirect URIs',
    fix: 'Use https on a public host, http on a loopback address, or a scheme that is a reversed domain name.',
    reference: rfc(8252, '7'),
  },
  origin: {
    id: 'redirect-origin',
    title: 'Host of redirect URIs',
    fix: 'Use redirect URIs on the host of the document.',
    reference: cimd('8.1'),
  },
  exclusive: {
    id: 'redirect-exclusive',
    title: 'Recipient of the authorization code',
    failed: 'Any program on the user’s computer could receive the authorization code',
    fix: 'Use https redirect URIs. For a native app this is not possible, and its identity cannot be verified.',
    reference: cimd('8.1', 'RFC 8252 section 8.6'),
  },
} satisfies Record<string, Check>;

/** Where a redirect URI leads, or why it is refused. */
type Redirect = { uri: string } & (
  | { kind: 'https'; origin: string; publicHost: boolean }
  | { kind: 'loopback' | 'private_use' | 'undotted' }
  | { kind: 'refused'; why: string }
);

/** Schemes with a meaning in browsers or systems: no app owns them. */
const MEANINGFUL =
  /^(?:about|blob|chrome|data|feed|file|filesystem|ftp|intent|jar|javascript|mailto|sms|tel|urn|vbscript|view-source|wss?)$/;

function classify(uri: string): Redirect {
  const refused = (why: string): Redirect => ({ uri, kind: 'refused', why });
  const url = URL.parse(uri);
  if (url === null || !/^[\x21-\x7e]+$/.test(uri)) return refused('not an absolute URI');
  if (uri.includes('#')) return refused('has a fragment');
  if (uri.includes('*')) return refused('has a wildcard');
  if (url.username !== '' || url.password !== '') return refused('has a user name or password');
  if (url.protocol === 'https:')
    return { uri, kind: 'https', origin: url.origin, publicHost: !isSpecialUseHost(url.hostname) };
  if (url.protocol === 'http:')
    return isLoopback(url) ? { uri, kind: 'loopback' } : refused('http is for loopback addresses only');
  const scheme = url.protocol.slice(0, -1);
  if (MEANINGFUL.test(scheme)) return refused(`${scheme}: is not a scheme of an app`);
  return { uri, kind: scheme.includes('.') ? 'private_use' : 'undotted' };
}

type Redirects = { all: readonly Redirect[]; clientOrigin: string };

const list = (redirects: readonly Redirect[]) => redirects.map(({ uri }) => uri).join(', ');
/** The redirects from which any program on the user's computer could catch a code. */
const localOf = ({ all }: Redirects) => all.filter(({ kind }) => kind !== 'https' && kind !== 'refused');

const RULES: readonly Rule<Redirects>[] = [
  ({ all }) => passed(CHECKS.present, list(all)),
  ({ all }) => {
    const refused = all.filter((redirect) => redirect.kind === 'refused');
    if (refused.length > 0)
      return failed(CHECKS.safe, refused.map(({ uri, why }) => `${uri}: ${why}`).join('; '));
    const unusual = all.filter((redirect) => redirect.kind === 'https' && !redirect.publicHost);
    if (unusual.length > 0) return warning(CHECKS.safe, `not a public host: ${list(unusual)}`);
    const undotted = all.filter(({ kind }) => kind === 'undotted');
    return undotted.length > 0
      ? warning(CHECKS.safe, `another app may claim it: ${list(undotted)}`)
      : passed(CHECKS.safe, 'all of them');
  },
  ({ all, clientOrigin }) => {
    const foreign = all.filter((redirect) => redirect.kind === 'https' && redirect.origin !== clientOrigin);
    return foreign.length > 0 ? warning(CHECKS.origin, list(foreign)) : passed(CHECKS.origin, clientOrigin);
  },
  (redirects) => {
    const local = localOf(redirects);
    if (local.length === 0) return passed(CHECKS.exclusive, 'only https');
    const share = local.length === redirects.all.length ? 'Only' : 'Also';
    return warning(
      CHECKS.exclusive,
      `${share} to the user’s computer (${list(local)}): any program there can claim to be this client`,
    );
  },
];

/**
 * Checks `redirect_uris` (CIMD -02 sections 4.2 and 8.1).
 *
 * @param clientOrigin - origin of the client ID
 * @param needed - false for a client without a grant that redirects
 * @returns the findings, and whether every redirect URI leads to the user's own computer
 */
export function redirectFindings(
  uris: unknown,
  clientOrigin: string,
  needed: boolean,
): { findings: Finding[]; localOnly: boolean } {
  if (uris === undefined && !needed)
    return { findings: [passed(CHECKS.present, 'absent, and no grant needs one')], localOnly: false };
  if (!isUriList(uris)) return { findings: [failed(CHECKS.present, shown(uris))], localOnly: false };
  const redirects = { all: uris.map(classify), clientOrigin };
  return {
    findings: applyRules(RULES, redirects),
    localOnly: localOf(redirects).length === uris.length,
  };
}

function isUriList(uris: unknown): uris is string[] {
  return Array.isArray(uris) && uris.length > 0 && uris.every((uri) => typeof uri === 'string' && uri !== '');
}
