import type { Caller } from '#lib/oauth/caller.ts';
import { RevocationUnavailableError } from '../denylist-cache.ts';
import { connectionKey } from '../identity.ts';
import { processContext } from '../process-context.ts';
import { effectiveLimits } from './effective.ts';
import { type HostRefusal, refuseHost } from './hosts.ts';
import { type EffectiveLimits, isUnlimited } from './limits.ts';

/** What limits a call. `host`: why every call of the client is refused. */
export type CallPolicy = { connectionId: string; limits: EffectiveLimits; host: HostRefusal | undefined };

/**
 * The policy of the connection of a verified caller, at most as old as the denylist; undefined when nothing is limited.
 * Reads memory.
 *
 * @throws {RevocationUnavailableError} when the database does not answer in time
 */
export async function callPolicy(
  caller: Caller,
  context = processContext(),
): Promise<CallPolicy | undefined> {
  // The body may have arrived long after the denylist was looked at.
  const fresh = context.denylist.ready(caller);
  if (fresh !== undefined) await fresh;
  const found = context.policies.policiesOf(caller);
  if (found === undefined) throw new RevocationUnavailableError('evicted');
  const limits = effectiveLimits(found, context.policies.unusedDays);
  const host = found.organization && refuseHost(caller.clientId, found.organization);
  if (host === undefined && isUnlimited(limits)) return undefined;
  return { connectionId: connectionKey(caller), limits, host };
}
