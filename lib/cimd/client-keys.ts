import { isObject, member } from '#lib/text/json.ts';
import { publicLink } from './client-links.ts';
import { cimd, fail, pass, type Rule, type RuleName, shown, warn } from './client-rule.ts';

const RULES = {
  secret: { id: 'secret', title: 'No secret in the document', section: cimd('4.1') },
  method: {
    id: 'auth_method',
    title: 'The client authenticates without a shared secret',
    section: cimd('4.1'),
  },
  privateKey: { id: 'private_key', title: 'No private key in the document', section: cimd('4.1') },
  keys: {
    id: 'keys',
    title: 'Its public keys can be found',
    section: `${cimd('8.2')}, RFC 7591 section 2`,
  },
} satisfies Record<string, RuleName>;

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

/** The rules for how a client authenticates: nothing secret in a public document (CIMD -02 sections 4.1 and 8.2). */
export function keyRules(document: Readonly<Record<string, unknown>>, reserved: string | undefined): Rule[] {
  const secrets = SECRETS.filter((field) => Object.hasOwn(document, field));
  return [
    secrets.length > 0 ? fail(RULES.secret, secrets.join(', ')) : pass(RULES.secret, 'none'),
    methodRule(document.token_endpoint_auth_method),
    privateKeyRule(document.jwks),
    publicKeyRule(document, reserved),
  ];
}

function methodRule(method: unknown): Rule {
  if (method === undefined)
    return warn(
      RULES.method,
      'absent, which stands for client_secret_basic (RFC 7591): some servers refuse it',
    );
  if (typeof method !== 'string') return fail(RULES.method, shown(method));
  if (WITHOUT_SECRET.has(method)) return pass(RULES.method, method);
  return method.startsWith('client_secret')
    ? fail(RULES.method, method)
    : warn(RULES.method, `${method}, a method that is not known here`);
}

function jwksKeys(jwks: unknown): Readonly<Record<string, unknown>>[] | undefined {
  const keys = member(jwks, 'keys');
  return Array.isArray(keys) && keys.every(isObject) ? keys : undefined;
}

function privateKeyRule(jwks: unknown): Rule {
  if (jwks === undefined) return pass(RULES.privateKey, 'no keys');
  const keys = jwksKeys(jwks);
  if (keys === undefined) return fail(RULES.privateKey, 'jwks is not a JWK Set');
  const leaked = keys.filter(
    (key) => key.kty === 'oct' || PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member)),
  );
  return leaked.length > 0
    ? fail(RULES.privateKey, `${leaked.length} of ${keys.length} keys hold private members; replace them now`)
    : pass(RULES.privateKey, `${keys.length} public keys`);
}

function publicKeyRule(document: Readonly<Record<string, unknown>>, reserved: string | undefined): Rule {
  const { jwks, jwks_uri: uri, token_endpoint_auth_method: method } = document;
  if (jwks !== undefined && uri !== undefined) return fail(RULES.keys, 'both jwks and jwks_uri');
  if (uri !== undefined && publicLink(uri, reserved) === undefined)
    return fail(RULES.keys, `jwks_uri ${shown(uri)}`);
  const given = jwks !== undefined || uri !== undefined;
  if (method === 'private_key_jwt' && !given) return fail(RULES.keys, 'private_key_jwt without keys');
  if (method === 'none' && given) return warn(RULES.keys, 'keys, although the client does not authenticate');
  return pass(RULES.keys, given ? (uri === undefined ? 'jwks' : String(uri)) : 'none needed');
}
