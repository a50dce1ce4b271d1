import { discoveryProblemFinding } from '#features/discovery/problems.ts';
import { AUTHORIZATION_SERVER_RULES } from '#features/discovery/rules/authorization-server.ts';
import { findAuthorizationServer } from '#features/discovery/steps/authorization-server.ts';
import { readDocument } from '#features/discovery/steps/document.ts';
import type { Trace } from '#features/discovery/trace.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { jwksUrl } from '#lib/config/urls.ts';
import { member } from '#lib/text/json.ts';
import { DOCUMENTS } from './documents.ts';

/** What mends it where the authorization server is AuthKit and the reader its owner, by the id of the finding. */
function ownFixes({ authkitDomain }: Config): Readonly<Record<string, string>> {
  const another = `AUTHKIT_DOMAIN is ${authkitDomain}. Set it to your AuthKit domain (WorkOS dashboard, Domains), or let this machine reach it.`;
  return {
    'not-fetched': another,
    'authorization-server-metadata-missing': another,
    'issuer-mismatch': 'Set AUTHKIT_DOMAIN to the issuer that the metadata names.',
    'client-documents-not-accepted':
      'Turn on Client ID Metadata Document: WorkOS dashboard, Connect, Configuration.',
    'registration-open':
      'Turn off Dynamic Client Registration once no old client needs it: WorkOS dashboard, Connect, Configuration.',
  };
}

/** Whether the configured issuer answers, is who it says, accepts client documents, and publishes its keys. */
export async function authkitFindings(config: Config, trace: Trace): Promise<Finding[]> {
  const { facts, problems } = await findAuthorizationServer(trace, config.authkitDomain, {
    origin: config.appUrl,
    assumeDefaultEndpoints: false,
  });
  const fixes = ownFixes(config);
  const withOwnFix = (finding: Finding): Finding => {
    const reference = finding.id === 'not-fetched' ? DOCUMENTS.authkitMcp : finding.reference;
    return { ...finding, reference, fix: fixes[finding.id] ?? finding.fix };
  };
  const findings = problems.map(discoveryProblemFinding).map(withOwnFix);
  if (facts === undefined) return findings;
  const discovery = {
    serverUrl: config.appUrl,
    exchanges: trace.exchanges,
    problems,
    authorizationServer: facts,
  };
  return [
    ...findings,
    ...AUTHORIZATION_SERVER_RULES.flatMap((rule) => rule(discovery) ?? []).map(withOwnFix),
    ...(await keyFindings(config, trace)),
  ];
}

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
          title: 'No key to verify access tokens with',
          observed: document === undefined ? `${url} gave no JSON document.` : `${url} holds no RSA key.`,
          reference: DOCUMENTS.authkitMcp,
          fix: 'Check AUTHKIT_DOMAIN. Without keys every call to /mcp is answered 503.',
          exchangeId: answer.exchange.id,
        },
      ];
}
