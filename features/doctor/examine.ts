import type { Exchange } from '#features/discovery/exchange.ts';
import { Trace, type TraceOptions } from '#features/discovery/trace.ts';
import { bySeverity, type Finding, hasError } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import type { GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { authkitFindings } from './authkit.ts';
import { databaseFindings } from './database.ts';
import { deploymentFindings } from './deployment.ts';
import { adviceFindings, LOCAL_AUTHKIT, settingsFindings } from './settings.ts';
import { workosFindings } from './workos.ts';

/**
 * Checks a valid configuration: its values, AuthKit, the WorkOS API, the database, and the deployment as clients see
 * it. Stops before the network at a value that is in the wrong variable, since a secret could be sent.
 *
 * @param options.onEvent - called for each exchange with AuthKit and with the deployment
 * @returns the findings, the most severe first, and the exchanges that show them
 */
export async function examineConfiguration(
  config: Config,
  { fetch, onEvent }: { fetch: GuardedFetch; onEvent?: TraceOptions['onEvent'] },
): Promise<{ findings: Finding[]; exchanges: readonly Exchange[] }> {
  const settings = settingsFindings(config);
  if (hasError(settings)) return { findings: settings, exchanges: [] };
  const deployment = await deploymentFindings(config, fetch, onEvent);
  const notRunning = deployment.findings.some(({ id }) => id === 'not-running');
  // Plain http is allowed for a loopback issuer only.
  const local = config.authkitDomain.startsWith('http:') ? [LOCAL_AUTHKIT] : [];
  // Local AuthKit runs with the app: neither answers without the other.
  if (local.length > 0 && notRunning)
    return { findings: [...local, ...deployment.findings], exchanges: deployment.exchanges };
  const trace = new Trace({ fetch, allowLoopback: config.loopback, onEvent });
  const all = [
    ...local,
    ...adviceFindings(config),
    ...(await authkitFindings(config, trace)),
    ...(await workosFindings(config)),
    ...(await databaseFindings(config.database)),
    ...deployment.findings.map((finding) => asOwner(finding, deployment.exchanges)),
  ];
  // The metadata of the issuer is fetched twice: here, and by discovery.
  const unique = all.filter(
    ({ id, observed }, index) =>
      all.findIndex((other) => other.id === id && other.observed === observed) === index,
  );
  return { findings: bySeverity(unique), exchanges: [...trace.exchanges, ...deployment.exchanges] };
}

/** How AuthKit serves its metadata is not for the owner of this deployment to change. */
function asOwner(finding: Finding, exchanges: readonly Exchange[]): Finding {
  const exchange = exchanges.find(({ id }) => id === finding.exchangeId);
  if (exchange?.step !== 'authorization-server-metadata' || finding.severity !== 'warning') return finding;
  const fix =
    finding.id === 'metadata-cors-missing'
      ? 'Nothing to do, unless people use browser clients: add their origins as CORS origins in the WorkOS dashboard, Authentication, Sessions.'
      : 'Nothing to do: AuthKit serves this document.';
  return { ...finding, severity: 'note', fix };
}
