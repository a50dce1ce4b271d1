import type { HostRules } from './hosts.ts';
import {
  type EffectiveLimits,
  isUnlimited,
  type LimitChoice,
  type Limits,
  NO_LIMITS,
  strictest,
} from './limits.ts';

/** Limits that one source set. `by`: the e-mail address or the client that set them. */
export type Choice = { by: string; limits: Limits };

/** What is stored for a connection, or for a client of a person in every organization. */
export type ConnectionPolicy = { person?: Choice | undefined; administrator?: Choice | undefined };

/** `defaults`: limits of every connection in the organization for which an administrator chose no others. */
export type OrganizationPolicy = HostRules & {
  allowedHosts: string[];
  blockedHosts: string[];
  defaults: Limits;
};

/** Every policy that concerns a connection. */
export type Policies = {
  connection: ConnectionPolicy | undefined;
  /** Applies where nothing is chosen for the connection itself. */
  client: ConnectionPolicy | undefined;
  organization: OrganizationPolicy | undefined;
};

const UNLIMITED: EffectiveLimits = Object.freeze({ ...NO_LIMITS, choices: [] });

/**
 * The limits in force: what an administrator chose for the connection, otherwise the organization's default, and in
 * addition what the person chose. The configuration of the server applies where neither of the first two names a number
 * of unused days.
 *
 * @param unusedDays - of the configuration
 */
export function effectiveLimits(
  { connection, client, organization }: Policies,
  unusedDays: number | undefined,
): EffectiveLimits {
  // The usual case, twice in each call.
  if ((connection ?? client ?? organization ?? unusedDays) === undefined) return UNLIMITED;
  const administrator = connection?.administrator ?? client?.administrator;
  const person = connection?.person ?? client?.person;
  const base = administrator?.limits ?? organization?.defaults;
  const choices: LimitChoice[] = [];
  const add = (limiter: LimitChoice['limiter'], name: string, limits: Limits | undefined) => {
    if (limits !== undefined && !isUnlimited(limits)) choices.push({ limiter, name, limits });
  };
  if (administrator !== undefined) add('administrator', administrator.by, administrator.limits);
  else add('organization', '', organization?.defaults);
  if (unusedDays !== undefined && base?.unusedDays === undefined)
    add('server', '', { readOnly: false, toolsOff: [], unusedDays });
  add('person', person?.by ?? '', person?.limits);
  return { ...strictest(choices.map(({ limits }) => limits)), choices };
}
