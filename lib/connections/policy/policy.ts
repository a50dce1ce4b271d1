import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections, policies } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Context } from '../context.ts';
import { insertEvent, nextVersion } from '../denial-queries.ts';
import { isConnectionId, type Person } from '../identity.ts';
import { notifyOfBlocks, sendNotifications } from '../notifications.ts';
import { clientKeyOf, ofPerson } from '../person-rows.ts';
import { processContext } from '../process-context.ts';
import { firstOf } from '../state-sql.ts';
import { effectiveLimits, type OrganizationPolicy } from './effective.ts';
import { parseHost } from './hosts.ts';
import { type EffectiveLimits, type Limits, limitsSchema, NO_LIMITS } from './limits.ts';
import { savePolicy } from './save.ts';
import { organizationTarget } from './store.ts';
import { policyRow } from './stored.ts';

const NO_POLICY: OrganizationPolicy = { allowedHosts: [], blockedHosts: [], defaults: NO_LIMITS };
const MAX_HOSTS = 500;

/** A list of hosts has an entry that names no host, or too many entries. The message says which. */
class HostListError extends Error {
  readonly code = 'host_list_invalid';

  constructor(message: string) {
    super(message);
    this.name = 'HostListError';
  }
}

/**
 * Limits a connection, on this instance immediately and on every other within a second. A person's limits add to those of
 * an administrator, which replace the defaults of the organization. A new consent keeps them.
 *
 * @param change.userId - the person whom the client acts for
 * @param change.limits - undefined removes the choice, so that the defaults apply again
 * @param change.by - for the history: an e-mail address, or the client whose tool call requested it
 * @param change.administratorOf - the organization whose administrator sets the limits; the person does when omitted
 * @returns the limits in force; undefined when this person has no such connection, or not in that organization
 */
export async function setLimits(
  change: {
    userId: string;
    connectionId: string;
    limits: Limits | undefined;
    by: string;
    administratorOf?: string;
  },
  context: Context = processContext(),
): Promise<EffectiveLimits | undefined> {
  const { userId, connectionId: id, limits, administratorOf } = change;
  if (!isConnectionId(id)) return undefined;
  const person: Person = { issuer: context.issuer, subject: userId };
  const db = await context.database();
  const found = await firstOf(id, (which) =>
    db
      .select({ id: connections.id, organizationId: connections.organizationId })
      .from(connections)
      .where(and(ofPerson(connections, person), which)),
  );
  if (found === undefined) return undefined;
  if (administratorOf !== undefined && found.organizationId !== administratorOf) return undefined;
  const source = administratorOf === undefined ? 'person' : 'administrator';
  const by = sanitize(change.by);
  const stored = limits && { [source]: { by, limits: limitsSchema.parse(limits) } };
  const row = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    await insertEvent(tx, { ...person, connectionId: found.id, event: 'limited', by, at: context.now() });
    return await savePolicy(tx, { target: found.id, ...person, policy: stored ?? {}, version }, source);
  });
  context.policies.apply([row]);
  return (await limitsOf([found.id], context)).get(found.id);
}

/** The limits in force of connections, by their ids. Ids without a connection are absent. */
export async function limitsOf(
  connectionIds: readonly string[],
  context: Context = processContext(),
): Promise<Map<string, EffectiveLimits>> {
  if (connectionIds.length === 0) return new Map();
  const db = await context.database();
  const found = await db
    .select({
      id: connections.id,
      clientKey: clientKeyOf,
      issuer: connections.issuer,
      organizationId: connections.organizationId,
    })
    .from(connections)
    .where(inArray(connections.id, [...connectionIds]));
  const targets = found.flatMap(({ id, clientKey, issuer, organizationId }) => [
    id,
    clientKey,
    organizationTarget(issuer, organizationId ?? ''),
  ]);
  const stored = await db
    .select()
    .from(policies)
    .where(inArray(policies.target, [...new Set(targets)]));
  const byTarget = new Map(stored.map((row) => [row.target, policyRow(row).policy]));
  const ofConnection = (target: string) => byTarget.get(target)?.connection;
  return new Map(
    found.map(({ id, clientKey, issuer, organizationId }) => {
      const organization = byTarget.get(organizationTarget(issuer, organizationId ?? ''))?.organization;
      const all = { connection: ofConnection(id), client: ofConnection(clientKey), organization };
      return [id, effectiveLimits(all, context.policies.unusedDays)];
    }),
  );
}

/** The policy of an organization; one that refuses nothing when none was set. */
export async function organizationPolicy(
  organizationId: string,
  context: Context = processContext(),
): Promise<OrganizationPolicy> {
  const db = await context.database();
  const target = organizationTarget(context.issuer, organizationId);
  const [row] = await db.select().from(policies).where(eq(policies.target, target));
  return (row && policyRow(row).policy.organization) ?? NO_POLICY;
}

/**
 * Replaces the policy of an organization, on this instance immediately and on every other within a second. Defaults
 * have no date: after it, no consent could renew a connection.
 *
 * @param by - the administrator
 * @param also - runs in the same transaction: writes the change into the audit log
 * @returns the policy as it is stored: hosts in lower case and ASCII, each once
 * @throws {HostListError}
 */
export async function setOrganizationPolicy(
  organizationId: string,
  { allowedHosts, blockedHosts, defaults }: OrganizationPolicy,
  by: string,
  context: Context = processContext(),
  also?: (tx: Database) => Promise<void>,
): Promise<OrganizationPolicy> {
  const organization: OrganizationPolicy = {
    allowedHosts: parseHosts(allowedHosts),
    blockedHosts: parseHosts(blockedHosts),
    defaults: { ...limitsSchema.parse(defaults), expiresAt: undefined },
  };
  const db = await context.database();
  const target = organizationTarget(context.issuer, organizationId);
  const before = await organizationPolicy(organizationId, context);
  const hosts = organization.blockedHosts.filter((host) => !before.blockedHosts.includes(host));
  const block = { issuer: context.issuer, organizationId, hosts, by: sanitize(by), at: context.now() };
  const row = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    await notifyOfBlocks(tx, block);
    const policy = { ...organization, by: sanitize(by) };
    await also?.(tx);
    return await savePolicy(tx, { target, issuer: context.issuer, subject: '', policy, version });
  });
  context.policies.apply([row]);
  sendNotifications();
  return organization;
}

function parseHosts(entries: readonly string[]): string[] {
  if (entries.length > MAX_HOSTS) throw new HostListError(`A list can have ${MAX_HOSTS} hosts`);
  const hosts = entries.map((entry) => {
    const host = parseHost(entry);
    if (host === undefined)
      throw new HostListError(`"${sanitize(entry, 100)}" is not a host: write app.example or *.app.example`);
    return host;
  });
  return [...new Set(hosts)].sort();
}
