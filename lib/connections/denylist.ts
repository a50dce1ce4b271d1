import type { Caller } from '#lib/oauth/caller.ts';
import { callerPersonKey, connectionKey } from './identity.ts';

/** A row of `denials` as the list needs it. */
export type Denial = {
  /** Connection id, or `all:` and the person's key. */
  target: string;
  person: string;
  /** Tokens issued up to then are refused, seconds since the epoch. */
  cutoff: number;
  /** Refuse whatever the token says: the grant is still there, or the connection is one consent. */
  always: boolean;
  /** The grant at WorkOS is still to be deleted. */
  pending: boolean;
  coversUnattributed: boolean;
  version: number;
};

/** How far the list has been read: versions are committed in order, all rows of one at once. */
export type Position = Pick<Denial, 'version' | 'target'>;

/** What is refused now, as this instance knows it. */
export type DenialList = {
  apply(denials: readonly Denial[]): void;
  denies(caller: Caller): boolean;
  /** Whether some grant is still to be deleted at WorkOS. */
  hasPending(): boolean;
  /** Forgets cut-offs before `seconds`: no token that old is accepted any more. */
  forget(seconds: number): void;
};

/** The target that stands for everything that acts for a person. */
export const everything = (person: string) => `all:${person}`;

/** An empty list. Rows may be applied in any order and again: the newest version of a target wins. */
export function createDenialList(): DenialList {
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
      if (refuses(denials.get(everything(person)), caller)) return true;
      if (caller.clientId !== undefined) return false;
      for (const denial of unattributed.get(person)?.values() ?? []) if (refuses(denial, caller)) return true;
      return false;
    },
    hasPending: () => pending > 0,
    forget(seconds) {
      for (const denial of denials.values()) if (!denial.always && denial.cutoff < seconds) remove(denial);
    },
  };
}
