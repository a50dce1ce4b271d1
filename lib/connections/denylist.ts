import type { Caller } from '#lib/oauth/caller.ts';
import { callerPersonKey, connectionKey } from './identity.ts';

/** An entry of the denylist. */
export type Denial = {
  /** A connection id, or {@link allTarget} of a person. */
  target: string;
  person: string;
  /** Tokens issued up to and including this second are refused; seconds since the epoch. */
  cutoff: number;
  /** Refuse every token regardless of its `iat`: the grant still exists, or the connection is keyed by its consent. */
  always: boolean;
  /** The grant at WorkOS is not deleted yet. */
  pending: boolean;
  /** Also applies to the person's tokens that name no client. */
  coversUnattributed: boolean;
  version: number;
};

/** How far the table has been read. Versions are committed in order, and all rows of a version together. */
export type Position = Pick<Denial, 'version' | 'target'>;

/** The denylist in the memory of this instance. */
export type Denylist = {
  apply(denials: readonly Denial[]): void;
  denies(caller: Caller): boolean;
  /** Whether a grant is not deleted at WorkOS yet. */
  hasPending(): boolean;
  /** Removes entries that only refuse tokens issued before `seconds`, when no token that old is accepted. */
  dropExpired(seconds: number): void;
};

/** The target that covers every connection of a person, by their key. */
export const allTarget = (person: string) => `all:${person}`;

/** An empty denylist. Entries may be applied in any order and repeatedly: the newest version of a target wins. */
export function createDenylist(): Denylist {
  const denials = new Map<string, Denial>();
  const unattributed = new Map<string, Map<string, Denial>>();
  let pending = 0;

  function set(denial: Denial): void {
    const known = denials.get(denial.target);
    if (known !== undefined && known.version >= denial.version) return;
    remove(known);
    denials.set(denial.target, denial);
    if (denial.pending) pending++;
    if (!denial.coversUnattributed) return;
    const ofPerson = unattributed.get(denial.person) ?? new Map<string, Denial>();
    unattributed.set(denial.person, ofPerson.set(denial.target, denial));
  }

  function remove(denial: Denial | undefined): void {
    if (denial === undefined) return;
    denials.delete(denial.target);
    if (denial.pending) pending--;
    const ofPerson = unattributed.get(denial.person);
    ofPerson?.delete(denial.target);
    if (ofPerson?.size === 0) unattributed.delete(denial.person);
  }

  const refuses = (denial: Denial | undefined, caller: Caller) =>
    denial !== undefined && (denial.always || caller.issuedAt <= denial.cutoff);

  return {
    apply(rows) {
      for (const row of rows) set(row);
    },
    denies(caller) {
      if (denials.size === 0) return false;
      const person = callerPersonKey(caller);
      if (refuses(denials.get(connectionKey(caller)), caller)) return true;
      if (refuses(denials.get(allTarget(person)), caller)) return true;
      if (caller.clientId !== undefined) return false;
      for (const denial of unattributed.get(person)?.values() ?? []) if (refuses(denial, caller)) return true;
      return false;
    },
    hasPending: () => pending > 0,
    dropExpired(seconds) {
      for (const denial of denials.values()) if (!denial.always && denial.cutoff < seconds) remove(denial);
    },
  };
}
