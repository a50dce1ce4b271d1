import { isLoopback } from '#lib/config/loopback.ts';
import { exchange, json } from './exchange.ts';
import { first } from './test-case.ts';

/** The members of a protected resource metadata document, by the type that RFC 9728 section 2 gives them. */
const LISTS = [
  'authorization_servers',
  'scopes_supported',
  'bearer_methods_supported',
  'resource_signing_alg_values_supported',
  'authorization_details_types_supported',
  'dpop_signing_alg_values_supported',
];
const URLS = ['resource', 'jwks_uri', 'resource_documentation', 'resource_policy_uri', 'resource_tos_uri'];

/** The strings of a list; none when it is no list. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** What is wrong with the values of a metadata document (RFC 9728 sections 2 and 3.2). */
export function valueProblem(document: Record<string, unknown>): string | undefined {
  const list = LISTS.find((name) => {
    const value = document[name];
    return (
      value !== undefined && (texts(value).length === 0 || texts(value).length !== [value].flat().length)
    );
  });
  const url = URLS.find((name) => {
    const value = document[name];
    if (value === undefined) return name === 'resource';
    return typeof value !== 'string' || !URL.canParse(value) || value.includes('#');
  });
  const resource = String(document.resource);
  const plain = URL.canParse(resource) && new URL(resource).protocol !== 'https:';
  return first(
    list !== undefined && `${list} is not a list of at least one string`,
    url !== undefined && `${url} is not an absolute URL without a fragment`,
    plain && !isLoopback(new URL(resource)) && 'resource is not an https URL',
  );
}

/** What is wrong with an issuer identifier: its own metadata has to say the same (RFC 8414 section 3.3). */
export async function issuerProblem(issuer: string): Promise<string | undefined> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname === '/' ? '' : pathname;
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  for (const place of places) {
    const answer = await exchange(place, { headers: { accept: 'application/json' } });
    const document = json(answer);
    if (answer.status !== 200 || typeof document !== 'object' || document === null) continue;
    const said = 'issuer' in document ? document.issuer : undefined;
    return said === issuer ? undefined : `${place} says issuer ${JSON.stringify(said)}, not ${issuer}`;
  }
  return `${issuer} has no metadata`;
}
