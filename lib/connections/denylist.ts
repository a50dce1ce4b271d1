import { LRUCache } from 'lru-cache';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerKeys } from './identity.ts';

/** An entry of the denylist. */
export type Denial = {
  /** The key of a client, of a connection, of a consent or of a member, or {@link allTarget} of a person. */
  target: string;
  /** For a consent of a client: the key of the client. */
  parent: string | null;
  person: string;
  /** Tokens issued up to and including this second are refused; seconds since the epoch. */
  cutoff: number;
  /** Refuse every token regardless of its `iat`, until WorkOS lists a grant again. */
  permanent: boolean;
  /** The grant at WorkOS is not deleted yet: refuse every token. */
  pending: boolean;
  /** WorkOS listed a grant again after the deletion was confirmed. */
  regranted: boolean;
  /** Also applies to the person's tokens that name no client: to those of one organization, if it names the member. */
  coversUnattributed: boolean;
  member?: string | undefined;
  version: number;
};

/** `unless_listed`: revoked, unless WorkOS lists a grant for the client again. */
type Verdict = 'active' | 'revoked' | 'unless_listed';

/** The denials of the people who called, in the memory of this instance. */
export type Denylist = {
  /** Whether the denials of the caller's person are in memory. */
  knows(caller: Caller): boolean;
  /** Adds all denials of people. */
  load(people: Iterable<string>, denials: readonly Denial[]): void;
  /** Adds changed denials, in any order and repeatedly: the newest version of a target wins. */
  apply(denials: readonly Denial[]): void;
  /** Undefined when the denials of the person are not in memory. */
  judge(caller: Caller): Verdict | undefined;
  /** Whether a grant is not deleted at WorkOS yet. */
  hasPending(): boolean;
  /** Forgets everything. */
  clear(): void;
};

const MAX_PEOPLE = 100_000;
/** Changes for people who are not in memory, kept for a read of theirs that began before the change. */
const MAX_EARLY = 10_000;

/** The target that covers every connection of a person, by their key. */
export const allTarget = (person: string) => `all:${person}`;

/** An empty denylist. */
export function createDenylist(): Denylist {
  const people = new LRUCache<string, Map<string, Denial>>({ max: MAX_PEOPLE });
  const early = new LRUCache<string, Denial>({ max: MAX_EARLY });
  const pending = new Set<string>();

  function apply(rows: readonly Denial[]): void {
    for (const denial of rows) {
      const { target, version } = denial;
      const denials = people.get(denial.person) ?? early;
      if ((denials.get(target)?.version ?? -1) >= version) continue;
      denials.set(target, denial);
      if (denial.pending) pending.add(target);
      else pending.delete(target);
    }
  }

  return {
    knows: (caller) => people.has(callerKeys(caller).person),
    load(keys, denials) {
      for (const key of keys) if (!people.has(key)) people.set(key, new Map());
      apply(denials);
      apply([...early.values()].filter(({ person }) => people.has(person)));
    },
    apply,
    judge(caller) {
      const { person, connection, client, session, member } = callerKeys(caller);
      const denials = people.get(person);
      if (denials === undefined) return undefined;
      if (denials.size === 0) return 'active';
      // `iat` may have a fraction, and the cut-off is a whole second.
      const issuedAt = Math.floor(caller.issuedAt);
      const left = member === undefined ? undefined : denials.get(member);
      if (left !== undefined && issuedAt <= left.cutoff) return 'revoked';
      const own = denials.get(client);
      // What an admin revoked in one organization.
      const here = connection === client ? undefined : denials.get(connection);
      const revoked = session === undefined ? undefined : denials.get(session);
      // A token of this consent may name its client or, depending on the JWT template, none.
      const ofClient =
        caller.clientId === undefined || [client, connection, null].includes(revoked?.parent ?? null);
      const consent = ofClient ? revoked : undefined;
      const covering =
        caller.clientId !== undefined
          ? []
          : [...denials.values()].filter(
              (denial) => denial.coversUnattributed && [undefined, member].includes(denial.member),
            );
      const whole = denials.get(allTarget(person));
      const found = [own, here, consent, whole, ...covering].filter((denial) => denial !== undefined);
      if (found.length === 0) return 'active';
      const cutoff = Math.max(...found.map((denial) => denial.cutoff));
      const refused = (own ?? here ?? consent) === undefined ? 'revoked' : 'unless_listed';
      if (found.some((denial) => denial.pending) || whole?.permanent || issuedAt <= cutoff) return 'revoked';
      // The issuer's clock may be ahead, so this may be an old token, unless its consent is new.
      const maybeOld = issuedAt <= cutoff + CLOCK_TOLERANCE_SECONDS;
      if (maybeOld && consent !== undefined) return 'revoked';
      if (own?.permanent || here?.permanent || consent?.permanent) return refused;
      const regranted = (own ?? here)?.regranted && own?.regranted !== false && here?.regranted !== false;
      return !maybeOld || regranted ? 'active' : refused;
    },
    hasPending: () => pending.size > 0,
    clear() {
      people.clear();
      early.clear();
      pending.clear();
    },
  };
}
