import { discover } from '#features/discovery/discovery.ts';
import type { Exchange } from '#features/discovery/exchange.ts';
import type { FetchFailure } from '#features/discovery/fetch-failure.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { STANDARDS } from '#features/discovery/standards.ts';
import type { TraceOptions } from '#features/discovery/trace.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { createClientMetadataReader } from '#lib/cimd/client-metadata-document.ts';
import type { Config } from '#lib/config/env.ts';
import { clientMetadataUrl, resourceUrl } from '#lib/config/urls.ts';
import type { GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { REFERENCES } from './references.ts';

/** Checks the configured deployment as any client sees it, and whether it runs with this configuration. */
export async function deploymentFindings(
  config: Config,
  fetch: GuardedFetch,
  onEvent?: TraceOptions['onEvent'],
): Promise<{ findings: Finding[]; exchanges: readonly Exchange[] }> {
  const discovery = await discover(resourceUrl(config), {
    fetch,
    allowLoopback: config.loopback,
    origin: config.appUrl,
    idPrefix: 'd',
    onEvent,
  });
  for (const problem of discovery.problems)
    if (problem.reason === 'not_fetched' && problem.subject === 'the MCP server')
      return { findings: [notFetched(config, problem.failure)], exchanges: discovery.exchanges };
  const issuer = discovery.protectedResource?.issuers[0];
  const findings = discoveryFindings(discovery);
  if (issuer !== undefined && issuer !== config.authkitDomain)
    findings.unshift({
      id: 'deployment-differs',
      severity: 'error',
      title: 'The deployment runs with another configuration',
      observed: `It names the issuer ${issuer}; AUTHKIT_DOMAIN here is ${config.authkitDomain}.`,
      reference: STANDARDS.mcpDiscovery,
      fix: 'Set the same variables where the app runs, and deploy again.',
    });
  return {
    findings: [...findings, ...(await documentFindings(config, fetch))],
    exchanges: discovery.exchanges,
  };
}

function notFetched(config: Config, failure: FetchFailure): Finding {
  if (failure === 'not_listening')
    return {
      id: 'not-running',
      severity: 'note',
      title: 'The app is not running',
      observed: `Nothing listens at ${config.appUrl}, so the deployment was not checked as a client sees it.`,
      fix: 'Start it with npm run dev, then run this again.',
      reference: REFERENCES.variables,
    };
  if (config.loopback)
    return {
      id: 'not-answering',
      severity: 'warning',
      title: 'The app does not answer in time',
      observed: `${resourceUrl(config)} did not answer as expected, so the deployment was not checked as a client sees it.`,
      fix: 'Wait until npm run dev has compiled the page, then run this again. Otherwise check the log of the app.',
      reference: REFERENCES.variables,
    };
  return {
    id: 'deployment-unreachable',
    severity: 'error',
    title: 'The public URL does not answer',
    observed: `${resourceUrl(config)} could not be fetched from here.`,
    fix: 'Deploy the app, check APP_URL and its DNS record, and exempt /mcp, /.well-known and /oauth from bot and deployment protection.',
    reference: REFERENCES.deploying,
  };
}

/** Checks our client metadata document as authorization servers do. On a loopback deployment only local AuthKit reads it. */
async function documentFindings(config: Config, fetch: GuardedFetch): Promise<Finding[]> {
  if (config.loopback) return [];
  const read = createClientMetadataReader({ fetch, settings: () => config, now: Date.now });
  const { findings } = await read(clientMetadataUrl(config));
  return findings
    .filter(({ severity }) => severity === 'error')
    .map((finding) => ({
      ...finding,
      id: `client-document-${finding.id}`,
      title: `Our client metadata document is invalid: ${finding.title}`,
      fix: 'Authorization servers refuse this app as a client. Look for a proxy that changes or protects /oauth/client-metadata.json.',
    }));
}
