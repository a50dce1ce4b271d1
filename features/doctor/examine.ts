import type { Exchange } from '#features/discovery/exchange.ts';
import { Trace, type TraceOptions } from '#features/discovery/trace.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import type { GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { authkitFindings } from './authkit.ts';
import { databaseFindings } from './database.ts';
import { deploymentFindings } from './deployment.ts';
import { LOCAL_AUTHKIT } from './local.ts';
import { workosFindings } from './workos.ts';

/**
 * Everything that can be said about a configuration that is valid in itself: AuthKit, the WorkOS API, the database, and
 * the deployment as clients see it.
 *
 * @param options.onEvent - told of each exchange with AuthKit and with the deployment
 * @returns the findings, gravest first, and the exchanges that show them
 */
export async function examineConfiguration(
  config: Config,
  { fetch, onEvent }: { fetch: GuardedFetch; onEvent?: TraceOptions['onEvent'] },
): Promise<{ findings: Finding[]; exchanges: readonly Exchange[] }> {
  const deployment = await deploymentFindings(config, fetch, onEvent);
  const away = deployment.findings.some(({ id }) => id === 'not-running');
  // Plain http is a loopback issuer's alone.
  const local = config.authkitDomain.startsWith('http:') ? [LOCAL_AUTHKIT] : [];
  // Local AuthKit runs with the app: without it there is nothing to ask.
  if (local.length > 0 && away)
    return { findings: [...local, ...deployment.findings], exchanges: deployment.exchanges };
  const trace = new Trace({ fetch, allowLoopback: config.loopback, ...(onEvent && { onEvent }) });
  const all = [
    ...local,
    ...(await authkitFindings(config, trace)),
    ...(await workosFindings(config)),
    ...(await databaseFindings(config.database)),
    ...deployment.findings,
  ];
  // What the issuer's metadata shows was seen from both sides.
  const unique = all.filter(
    ({ id, observed }, index) =>
      all.findIndex((other) => other.id === id && other.observed === observed) === index,
  );
  return { findings: bySeverity(unique), exchanges: [...trace.exchanges, ...deployment.exchanges] };
}
