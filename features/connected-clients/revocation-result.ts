/** What came of a click on "Revoke access". */
export type RevocationOutcome =
  | 'revoked'
  | 'pending'
  | 'unknown'
  | 'signed_out'
  | 'cross_site'
  | 'unavailable';

const SAYS: Record<RevocationOutcome, string> = {
  revoked: 'is cut off. Its next call is refused.',
  pending:
    'is cut off here. Deleting its grant at AuthKit did not work yet and is tried again; until then it stays refused.',
  unknown: 'is not in your list any more. Nothing was changed.',
  signed_out: 'was not changed: your session ended. Sign in and try again.',
  cross_site: 'was not changed: the request did not come from this site.',
  unavailable: 'was not changed: the database does not answer. Try again.',
};

export const succeeded = (outcome: RevocationOutcome) => outcome === 'revoked' || outcome === 'pending';

/** The result as a sentence about `name`. */
export function resultSentence(outcome: RevocationOutcome, name: string): string {
  return `${name} ${SAYS[outcome]}`;
}
