import { type Check, failed, passed, type Rule, warning } from '#lib/checks/rule.ts';
import { isObject, member } from '#lib/text/json.ts';
import { type ClientMetadata, cimd, publicLink, shown } from './client-metadata.ts';

const CHECKS = {
  secret: {
    id: 'secret',
    title: 'Client secret',
    fix: 'Remove the secret and replace it: the document is public.',
    reference: cimd('4.1'),
  },
  method: {
    id: 'auth-method',
    title: 'token_endpoint_auth_method',
    fix: 'Set token_endpoint_auth_method to "none" or "private_key_jwt".',
    reference: cimd('4.1'),
  },
  privateKey: {
    id: 'private-key',
    title: 'Private keys in jwks',
    fix: 'Publish a JWK Set of public keys only, and replace every private key that was published.',
    reference: cimd('4.1'),
  },
  keys: {
    id: 'keys',
    title: 'Public keys',
    fix: 'With "private_key_jwt" publish either jwks or an https jwks_uri; with "none" neither.',
    reference: cimd('8.2', 'RFC 7591 section 2'),
  },
} satisfies Record<string, Check>;

const SECRETS = ['client_secret', 'client_secret_expires_at'];
const WITHOUT_SECRET = new Set([
  'none',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'attest_jwt_client_auth',
]);
/** Private members of a JWK (RFC 7518 section 6); `k` is the whole of a symmetric key. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function jwksKeys(jwks: unknown): Readonly<Record<string, unknown>>[] | undefined {
  const keys = member(jwks, 'keys');
  return Array.isArray(keys) && keys.every(isObject) ? keys : undefined;
}

/** How a client authenticates: nothing secret in a public document (CIMD -02 sections 4.1 and 8.2). */
export const KEY_RULES: readonly Rule<{ document: ClientMetadata; reservedHost: string | undefined }>[] = [
  ({ document }) => {
    const secrets = SECRETS.filter((field) => Object.hasOwn(document, field));
    return secrets.length > 0 ? failed(CHECKS.secret, secrets.join(', ')) : passed(CHECKS.secret, 'none');
  },
  ({ document: { token_endpoint_auth_method: method } }) => {
    if (method === undefined)
      return warning(
        CHECKS.method,
        'absent, which means client_secret_basic (RFC 7591): some servers refuse it',
      );
    if (typeof method !== 'string') return failed(CHECKS.method, shown(method));
    if (WITHOUT_SECRET.has(method)) return passed(CHECKS.method, method);
    return method.startsWith('client_secret')
      ? failed(CHECKS.method, `${method}, which needs a shared secret`)
      : warning(CHECKS.method, `${method}, an unknown method`);
  },
  ({ document: { jwks } }) => {
    if (jwks === undefined) return passed(CHECKS.privateKey, 'no keys');
    const keys = jwksKeys(jwks);
    if (keys === undefined) return failed(CHECKS.privateKey, 'jwks is not a JWK Set');
    const leaked = keys.filter(
      (key) => key.kty === 'oct' || PRIVATE_MEMBERS.some((name) => Object.hasOwn(key, name)),
    );
    return leaked.length > 0
      ? failed(CHECKS.privateKey, `${leaked.length} of ${keys.length} keys have private members`)
      : passed(CHECKS.privateKey, `${keys.length} public keys`);
  },
  ({ document, reservedHost }) => {
    const { jwks, jwks_uri: uri, token_endpoint_auth_method: method } = document;
    if (jwks !== undefined && uri !== undefined) return failed(CHECKS.keys, 'both jwks and jwks_uri');
    if (uri !== undefined && publicLink(uri, reservedHost) === undefined)
      return failed(CHECKS.keys, `jwks_uri ${shown(uri)}`);
    const given = jwks !== undefined || uri !== undefined;
    if (method === 'private_key_jwt' && !given) return failed(CHECKS.keys, 'private_key_jwt without keys');
    if (method === 'none' && given)
      return warning(CHECKS.keys, 'keys, although the client does not authenticate');
    return passed(CHECKS.keys, given ? (uri === undefined ? 'jwks' : String(uri)) : 'none needed');
  },
];
