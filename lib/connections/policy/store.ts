import { LRUCache } from 'lru-cache';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerKeys } from '../identity.ts';
import type { ConnectionPolicy, OrganizationPolicy, Policies } from './effective.ts';

/** A row of `policies`. */
export type PolicyRow = {
  target: string;
  policy: { connection?: ConnectionPolicy; organization?: OrganizationPolicy };
  version: number;
};

/** When a connection was last used, in milliseconds since the epoch. */
type LastUse = { connectionId: string; at: number };

/** The policies of the connections that called, in the memory of this instance. */
export type PolicyStore = {
  /** Of the configuration. */
  readonly unusedDays: number | undefined;
  /** Whether every policy that concerns the caller is in memory. */
  knows(caller: Caller): boolean;
  /** Adds everything that is stored for some callers. */
  load(callers: readonly Caller[], rows: readonly PolicyRow[], uses: readonly LastUse[]): void;
  /** Adds changed rows, in any order and repeatedly: the newest version of a target wins. */
  apply(rows: readonly PolicyRow[]): void;
  /** Undefined when a policy of the caller is not in memory. */
  policiesOf(caller: Caller): Policies | undefined;
  /** When the connection of a caller was last used; undefined when it is new. */
  lastUse(caller: Caller): number | undefined;
  /** Remembers that the connection is in use. */
  used(caller: Caller, at: number): void;
  /** Forgets everything. */
  clear(): void;
};

type Entry = { policy: PolicyRow['policy'] | undefined; version: number; lastUse: number | undefined };

/** Three for each connection. An entry that was evicted is unknown, so it is read again. */
const MAX_TARGETS = 200_000;

/** The target of an organization's policy. */
export const organizationTarget = (issuer: string, organizationId: string) =>
  `organization ${issuer} ${organizationId}`;

const targets = new WeakMap<Caller, readonly string[]>();

/** The targets of the policies that concern a caller: its connection, its client and its organization. Cached per object. */
export function targetsOf(caller: Caller): readonly string[] {
  let known = targets.get(caller);
  if (known === undefined) {
    const { connection, client } = callerKeys(caller);
    const { issuer, organizationId } = caller;
    known =
      organizationId === undefined
        ? [connection]
        : [connection, client, organizationTarget(issuer, organizationId)];
    targets.set(caller, known);
  }
  return known;
}

/** @param unusedDays - days without calls after which a connection expires, unless the organization chose others */
export function createPolicyStore(unusedDays?: number): PolicyStore {
  const entries = new LRUCache<string, Entry>({ max: MAX_TARGETS });

  function apply(rows: readonly PolicyRow[]): void {
    for (const { target, policy, version } of rows) {
      const known = entries.get(target);
      if (known === undefined || known.version < version)
        entries.set(target, { policy, version, lastUse: known?.lastUse });
    }
  }

  return {
    unusedDays,
    knows: (caller) => targetsOf(caller).every((target) => entries.has(target)),
    load(callers, rows, uses) {
      apply(rows);
      for (const target of callers.flatMap(targetsOf))
        if (!entries.has(target)) entries.set(target, { policy: undefined, version: -1, lastUse: undefined });
      for (const { connectionId, at } of uses) {
        const entry = entries.get(connectionId);
        if (entry !== undefined) entry.lastUse = Math.max(entry.lastUse ?? 0, at);
      }
    },
    apply,
    policiesOf(caller) {
      const targets = targetsOf(caller);
      const found = targets.map((target) => entries.get(target));
      if (found.includes(undefined)) return undefined;
      const [connection, client, organization] = found;
      return {
        connection: connection?.policy?.connection,
        client: client?.policy?.connection,
        organization: organization?.policy?.organization,
      };
    },
    lastUse: (caller) => entries.get(callerKeys(caller).connection)?.lastUse,
    used(caller, at) {
      const entry = entries.get(callerKeys(caller).connection);
      if (entry !== undefined) entry.lastUse = at;
    },
    clear: () => entries.clear(),
  };
}
