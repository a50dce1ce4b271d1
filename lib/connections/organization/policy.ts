import { config } from '#lib/config/env.ts';
import { connections } from '#lib/db/schema.ts';
import type { Context } from '../context.ts';
import type { OrganizationPolicy } from '../policy/effective.ts';
import { refuseHost } from '../policy/hosts.ts';
import { isUnlimited } from '../policy/limits.ts';
import { organizationPolicy, setOrganizationPolicy } from '../policy/policy.ts';
import { processContext } from '../process-context.ts';
import { recordAct } from './acts.ts';
import { type Admin, authorizeAdmin } from './admin.ts';
import { conditionOf, type ScopeCount } from './scope.ts';

/** What a list of hosts refuses now. */
export type PolicyEffect = ScopeCount & {
  /** Hosts or ids of clients that are refused, at most ten. */
  clients: string[];
  /** Whether the inspector of this server is among what is refused. */
  refusesInspector: boolean;
};

const MAX_CLIENTS = 10;

/** The policy of the admin's organization. */
export async function readPolicy(
  admin: Omit<Admin, 'by'>,
  context: Context = processContext(),
): Promise<OrganizationPolicy> {
  return await organizationPolicy(await authorizeAdmin(admin), context);
}

/** What the lists of a policy would refuse among the connections of the organization. */
export async function policyEffect(
  admin: Omit<Admin, 'by'>,
  policy: OrganizationPolicy,
  context: Context = processContext(),
): Promise<PolicyEffect> {
  const organizationId = await authorizeAdmin(admin);
  const stored = await (await context.database())
    .select({ clientId: connections.clientId, subject: connections.subject, name: connections.sortName })
    .from(connections)
    .where(conditionOf(context, organizationId, { all: true }));
  const refused = stored.filter(({ clientId }) => refuseHost(clientId ?? undefined, policy) !== undefined);
  return {
    connections: refused.length,
    people: new Set(refused.map(({ subject }) => subject)).size,
    clients: [...new Set(refused.map(({ name }) => name))].sort().slice(0, MAX_CLIENTS),
    refusesInspector: refuseHost(`${config().appUrl}/oauth/client-metadata.json`, policy) !== undefined,
  };
}

/**
 * Replaces the policy of the admin's organization, with an act in the audit log.
 *
 * @throws {NotAdminError}
 */
export async function changePolicy(
  admin: Admin,
  policy: OrganizationPolicy,
  context: Context = processContext(),
): Promise<OrganizationPolicy> {
  const organizationId = await authorizeAdmin(admin);
  return await setOrganizationPolicy(organizationId, policy, admin.by, context, (tx) =>
    recordAct(tx, admin, organizationId, { act: 'changed_policy', detail: describe(policy) }, context.now()),
  );
}

function describe({ allowedHosts, blockedHosts, defaults }: OrganizationPolicy): string {
  const { readOnly, toolsOff, unusedDays } = defaults;
  return [
    blockedHosts.length > 0 && `blocked: ${blockedHosts.join(', ')}`,
    allowedHosts.length > 0 && `allowed only: ${allowedHosts.join(', ')}`,
    readOnly && 'read-only',
    toolsOff.length > 0 && `tools off: ${toolsOff.join(', ')}`,
    unusedDays && `expires after ${unusedDays} unused days`,
    allowedHosts.length + blockedHosts.length === 0 && isUnlimited(defaults) && 'no restrictions',
  ]
    .filter(Boolean)
    .join('; ');
}
