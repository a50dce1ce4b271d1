import { isLoopback } from '#lib/config/loopback.ts';
import { isSpecialUseHost } from '#lib/guarded-fetch/address.ts';
import { cimd, fail, pass, type Rule, type RuleName, shown, warn } from './client-rule.ts';

const RULES = {
  present: {
    id: 'redirect_uris',
    title: 'Redirect URIs are listed',
    section: `${cimd('4.2')}, RFC 9700 section 2.1`,
  },
  safe: {
    id: 'redirect_uris_safe',
    title: 'Each leads to https, to this machine, or to an app’s own scheme',
    section: 'RFC 8252 section 7, RFC 9700 section 4.1',
  },
  origin: { id: 'redirect_origin', title: 'They lead back to the client’s own host', section: cimd('8.1') },
  exclusive: {
    id: 'redirect_exclusive',
    title: 'Only the client itself can receive the code',
    section: `${cimd('8.1')}, RFC 8252 section 8.6`,
  },
} satisfies Record<string, RuleName>;

/** Where one redirect URI leads, or why it may not be used. */
type Redirect =
  | { kind: 'https'; origin: string; publicHost: boolean }
  | { kind: 'loopback' }
  | { kind: 'private_use'; scheme: string }
  | { kind: 'refused'; why: string };

/** Whether a code sent to it can be caught by any program on the person's machine. */
const isLocal = ({ kind }: Redirect) => kind === 'loopback' || kind === 'private_use';

function classify(uri: string): Redirect {
  const url = URL.parse(uri);
  if (url === null || !/^[\x21-\x7e]+$/.test(uri)) return { kind: 'refused', why: 'not an absolute URI' };
  if (uri.includes('#')) return { kind: 'refused', why: 'has a fragment' };
  if (uri.includes('*')) return { kind: 'refused', why: 'has a wildcard' };
  if (url.username !== '' || url.password !== '')
    return { kind: 'refused', why: 'has a user name or password' };
  if (url.protocol === 'https:')
    return { kind: 'https', origin: url.origin, publicHost: !isSpecialUseHost(url.hostname) };
  if (url.protocol === 'http:')
    return isLoopback(url)
      ? { kind: 'loopback' }
      : { kind: 'refused', why: 'plain http beyond this machine' };
  const scheme = url.protocol.slice(0, -1);
  // A reverse domain name; the schemes that do something of their own (javascript, data, file, …) have no dot.
  return scheme.includes('.')
    ? { kind: 'private_use', scheme }
    : { kind: 'refused', why: `${scheme}: is not an app’s own scheme, a reverse domain name` };
}

/** What the redirect URIs of a document say about its client. */
export type RedirectReading = {
  rules: Rule[];
  /** Whether every redirect URI leads to the person's own machine. */
  localOnly: boolean;
};

/**
 * The rules for `redirect_uris` (CIMD -02 sections 4.2 and 8.1).
 *
 * @param clientOrigin - origin of the client id
 * @param needed - false for a client that uses no grant with a redirect
 */
export function redirectRules(uris: unknown, clientOrigin: string, needed: boolean): RedirectReading {
  if (uris === undefined && !needed)
    return { rules: [pass(RULES.present, 'absent, and no grant needs one')], localOnly: false };
  if (
    !Array.isArray(uris) ||
    uris.length === 0 ||
    !uris.every((uri) => typeof uri === 'string' && uri !== '')
  )
    return { rules: [fail(RULES.present, shown(uris))], localOnly: false };

  const redirects = (uris as string[]).map((uri) => ({ uri, ...classify(uri) }));
  const refused = redirects.filter((redirect) => redirect.kind === 'refused');
  const unusual = redirects.filter((redirect) => redirect.kind === 'https' && !redirect.publicHost);
  const foreign = redirects.filter(
    (redirect) => redirect.kind === 'https' && redirect.origin !== clientOrigin,
  );
  const local = redirects.filter(isLocal);
  const list = (of: readonly { uri: string }[]) => of.map(({ uri }) => uri).join(', ');
  return {
    localOnly: local.length === redirects.length,
    rules: [
      pass(RULES.present, list(redirects)),
      safeRule(refused, unusual),
      foreign.length > 0
        ? warn(RULES.origin, `elsewhere: ${list(foreign)}`)
        : pass(RULES.origin, clientOrigin),
      local.length > 0
        ? warn(
            RULES.exclusive,
            `${local.length === redirects.length ? 'only' : 'also'} to the person’s machine (${list(local)}): any program there can claim to be this client`,
          )
        : pass(RULES.exclusive, 'only https'),
    ],
  };
}

function safeRule(
  refused: readonly ({ uri: string } & Redirect)[],
  unusual: readonly { uri: string }[],
): Rule {
  if (refused.length > 0)
    return fail(
      RULES.safe,
      refused
        .map((redirect) => `${redirect.uri}: ${redirect.kind === 'refused' ? redirect.why : ''}`)
        .join('; '),
    );
  if (unusual.length > 0)
    return warn(RULES.safe, `not a public host: ${unusual.map(({ uri }) => uri).join(', ')}`);
  return pass(RULES.safe, 'all of them');
}
