import { discoveryProblemFinding } from '#features/discovery/problems.ts';
import { AUTHORIZATION_SERVER_RULES } from '#features/discovery/rules/authorization-server.ts';
import { findAuthorizationServer } from '#features/discovery/steps/authorization-server.ts';
import { readDocument } from '#features/discovery/steps/document.ts';
import type { Trace } from '#features/discovery/trace.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { jwksUrl } from '#lib/config/urls.ts';
import { member } from '#lib/text/json.ts';
import { REFERENCES } from './references.ts';

const anotherDomain = ({ authkitDomain }: Config) =>
  `AUTHKIT_DOMAIN is ${authkitDomain}. Set it to your AuthKit domain (WorkOS dashboard, Domains), or allow this computer to reach it.`;

/** Fixes for the owner of the AuthKit environment, by id of the finding. */
function ownFixes(config: Config): Readonly<Record<string, string>> {
  return {
    'authorization-server-metadata-missing': anotherDomain(config),
    'issuer-mismatch': 'Set AUTHKIT_DOMAIN to the issuer that the metadata names.',
    'client-documents-not-accepted':
      'Enable Client ID Metadata Document: WorkOS dashboard, Connect, Configuration.',
    'response-issuer-not-advertised': 'Nothing to do: AuthKit does not offer it.',
    'registration-open':
      'Disable Dynamic Client Registration once no older client needs it: WorkOS dashboard, Connect, Configuration.',
  };
}

/** Checks that the configured issuer serves its metadata, accepts client metadata documents, and publishes its keys. */
export async function authkitFindings(config: Config, trace: Trace): Promise<Finding[]> {
  const { facts, problems } = await findAuthorizationServer(trace, config.authkitDomain, {
    origin: config.appUrl,
    assumeDefaultEndpoints: false,
  });
  const fixes = ownFixes(config);
  const withOwnFix = (finding: Finding): Finding => ({ ...finding, fix: fixes[finding.id] ?? finding.fix });
  const keyUnusable =
    config.client.privateKey !== undefined &&
    facts !== undefined &&
    !facts.authMethods.includes('private_key_jwt');
  const findings = problems.map((problem) => {
    const finding = withOwnFix(discoveryProblemFinding(problem));
    return problem.reason === 'not_fetched'
      ? { ...finding, reference: REFERENCES.authkitMcp, fix: anotherDomain(config) }
      : finding;
  });
  if (facts === undefined) return findings;
  const discovery = {
    serverUrl: config.appUrl,
    revision: '2026-07-28' as const,
    exchanges: trace.exchanges,
    problems,
    authorizationServer: facts,
  };
  return [
    ...findings,
    ...(keyUnusable ? [PRIVATE_KEY_UNUSABLE] : []),
    ...AUTHORIZATION_SERVER_RULES.flatMap((rule) => rule(discovery) ?? []).map(withOwnFix),
    ...(await keyFindings(config, trace)),
  ];
}

const PRIVATE_KEY_UNUSABLE: Finding = {
  id: 'client-key-unusable',
  severity: 'warning',
  title: 'AuthKit does not offer private_key_jwt',
  observed:
    'CLIENT_PRIVATE_KEY is set, so the client metadata document of this app says private_key_jwt, which token_endpoint_auth_methods_supported of AuthKit does not have.',
  fix: 'Remove CLIENT_PRIVATE_KEY, unless this app is a client of other servers that need it.',
  reference: REFERENCES.authkitMcp,
};

async function keyFindings(config: Config, trace: Trace): Promise<Finding[]> {
  const url = jwksUrl(config);
  const answer = await trace.send({
    step: 'authorization-server-metadata',
    title: 'Signing keys',
    to: 'authorization-server',
    url,
    headers: { accept: 'application/json' },
  });
  const { document } = readDocument(answer, 'the authorization server metadata');
  const keys = Array.isArray(document?.keys) ? document.keys : [];
  const usable = keys.filter((key: unknown) => member(key, 'kty') === 'RSA');
  return usable.length > 0
    ? []
    : [
        {
          id: 'signing-keys-missing',
          severity: 'error',
          title: 'There is no key to verify access tokens',
          observed: document === undefined ? `${url} is not a JSON document.` : `${url} has no RSA key.`,
          reference: REFERENCES.authkitMcp,
          fix: 'Check AUTHKIT_DOMAIN. Without keys every call to /mcp gets 503.',
          exchangeId: answer.exchange.id,
        },
      ];
}
